#include "server/services/model_service.h"

#include <memory>
#include <optional>
#include <utility>

#include "core/ops/table.h"
#include "core/train/job.h"
#include "server/base/errors.h"
#include "server/edge/unary.h"
#include "server/services/parameters_reactor.h"

namespace fnn::server {
namespace {

using core::FieldPath;

// What CreateModel's training_memory_bytes is an estimate for.
constexpr int64_t kDefaultBatch = 32;
constexpr absl::string_view kDefaultOptimizer = "adam";

// A network, checked, as a model keeps it.
struct CheckedNetwork {
  v1::Network network;
  int64_t parameter_count = 0;        // 0: the input's width is not known.
  int64_t training_memory_bytes = 0;  // Likewise.
};

bool WidthIsKnown(const v1::Network& network) {
  return network.inputs_size() > 0 && network.inputs(0).shape_size() > 0;
}

absl::StatusOr<CheckedNetwork> CheckNetwork(const v1::Network& network, const FieldPath& path) {
  if (!WidthIsKnown(network)) {
    if (absl::Status status = core::ValidateNetwork(network, path); !status.ok()) return status;
    return CheckedNetwork{.network = network};
  }
  absl::StatusOr<std::shared_ptr<const core::Plan>> plan =
      core::Plan::Compile(network, std::nullopt, path);
  if (!plan.ok()) return plan.status();
  const core::OptimizerOp* optimizer = core::FindOp(core::Optimizers(), kDefaultOptimizer);
  return CheckedNetwork{
      .network = (*plan)->network(),
      .parameter_count = (*plan)->parameter_count(),
      .training_memory_bytes = core::TrainingMemory(
          *plan, {.optimizer = optimizer, .batch_size = kDefaultBatch}, /*members=*/1)};
}

}  // namespace

grpc::ServerUnaryReactor* ModelService::CreateModel(grpc::CallbackServerContext* context,
                                                    const v1::CreateModelRequest* request,
                                                    v1::CreateModelResponse* response) {
  return AnswerOn(context_->work, context,
                  [this, request, response] { return Create(*request, *response); });
}

absl::Status ModelService::Create(const v1::CreateModelRequest& request,
                                  v1::CreateModelResponse& response) {
  if (context_->runs->draining()) return Draining();
  ModelStore& models = *context_->store.models;
  if (!request.model_id().empty()) {
    if (absl::Status status = ValidateId(request.model_id(), FieldPath("model_id")); !status.ok()) {
      return status;
    }
  }
  absl::StatusOr<CheckedNetwork> checked = CheckNetwork(request.network(), FieldPath("network"));
  if (!checked.ok()) return checked.status();
  const int64_t allowed = context_->runs->options().memory_bytes;
  if (checked->training_memory_bytes > allowed) {
    return core::LimitExceeded("TRAINING_MEMORY_EXCEEDED", "bytes of memory for training",
                               checked->training_memory_bytes, allowed, FieldPath("network"),
                               "take a smaller network");
  }
  response.set_training_memory_bytes(checked->training_memory_bytes);
  if (!request.validate_only()) {
    absl::StatusOr<PinnedModel> made =
        models.Create(request.model_id(), checked->network, checked->parameter_count);
    if (!made.ok()) return made.status();
    *response.mutable_model() = std::move(made->model);
    return absl::OkStatus();
  }
  v1::Model& model = *response.mutable_model();
  if (!request.model_id().empty()) {
    model.set_name(MakeName(Collection::kModels, request.model_id()));
    if (absl::Status status = models.CheckFree(model.name()); !status.ok()) return status;
  }
  *model.mutable_network() = std::move(checked->network);
  model.set_parameter_count(checked->parameter_count);
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* ModelService::GetModel(grpc::CallbackServerContext* context,
                                                 const v1::GetModelRequest* request,
                                                 v1::GetModelResponse* response) {
  return Answer(context, [&]() -> absl::Status {
    if (absl::Status status = ValidateName(Collection::kModels, request->name(), FieldPath("name"));
        !status.ok()) {
      return status;
    }
    absl::StatusOr<v1::Model> model = context_->store.models->Get(request->name());
    if (!model.ok()) return model.status();
    *response->mutable_model() = *std::move(model);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ModelService::ListModels(grpc::CallbackServerContext* context,
                                                   const v1::ListModelsRequest* request,
                                                   v1::ListModelsResponse* response) {
  return Answer(context, [&]() -> absl::Status {
    absl::StatusOr<PageRequest> page =
        ParsePageRequest(Collection::kModels, PageSize(*request), request->page_token());
    if (!page.ok()) return page.status();
    Page<v1::Model> models = context_->store.models->List(*page);
    if (models.more) response->set_next_page_token(NextPageToken(models.items.back().name()));
    for (v1::Model& model : models.items) *response->add_models() = std::move(model);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ModelService::DeleteModel(grpc::CallbackServerContext* context,
                                                    const v1::DeleteModelRequest* request,
                                                    v1::DeleteModelResponse*) {
  return Answer(context, [&]() -> absl::Status {
    if (absl::Status status = ValidateName(Collection::kModels, request->name(), FieldPath("name"));
        !status.ok()) {
      return status;
    }
    return context_->store.models->Delete(request->name());
  });
}

grpc::ServerWriteReactor<v1::GetParametersResponse>* ModelService::GetParameters(
    grpc::CallbackServerContext*, const v1::GetParametersRequest* request) {
  absl::StatusOr<ModelReference> reference =
      ParseModelReference(request->name(), FieldPath("name"));
  if (!reference.ok()) return new ParametersReactor(reference.status());
  return new ParametersReactor(context_->store.models->GetVersion(*reference));
}

}  // namespace fnn::server
