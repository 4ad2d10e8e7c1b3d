#include "server/services/model_service.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/ops/table.h"
#include "core/train/job.h"
#include "server/base/errors.h"
#include "server/edge/unary.h"
#include "server/services/export_reactor.h"
#include "server/services/import_reactor.h"
#include "server/services/parameters_reactor.h"
#include "server/store/labels.h"
#include "server/store/request_log.h"

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

absl::Status ValidateModelName(const std::string& name) {
  return ValidateName(Collection::kModels, name, FieldPath("name"));
}

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

// What `request` changes.
absl::StatusOr<ModelUpdate> ParseUpdate(const v1::UpdateModelRequest& request) {
  const v1::Model& model = request.model();
  ModelUpdate update{.etag = model.etag(), .description = {}, .labels = {}};
  if (request.update_mask().paths().empty()) {
    update.description = model.description();
    update.labels = model.labels();
  }
  for (int i = 0; i < request.update_mask().paths_size(); ++i) {
    const std::string& path = request.update_mask().paths(i);
    if (path == "description") {
      update.description = model.description();
    } else if (path == "labels") {
      update.labels = model.labels();
    } else {
      return core::InvalidField(
          (FieldPath("update_mask") / "paths")[i], "UNKNOWN_FIELD",
          absl::StrCat("must be description or labels, not ", core::Echo(path)));
    }
  }
  if (absl::Status status = ValidateDescribed(update.description.value_or(""),
                                              update.labels.value_or(Labels()), FieldPath("model"));
      !status.ok()) {
    return status;
  }
  return update;
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
  if (absl::Status status = ValidateDescribed(request.description(), request.labels(), FieldPath());
      !status.ok()) {
    return status;
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
  if (request.validate_only()) {
    v1::Model& model = *response.mutable_model();
    if (!request.model_id().empty()) {
      model.set_name(MakeName(Collection::kModels, request.model_id()));
      if (absl::Status status = models.CheckFree(model.name()); !status.ok()) return status;
    }
    *model.mutable_network() = std::move(checked->network);
    model.set_parameter_count(checked->parameter_count);
    model.set_description(request.description());
    *model.mutable_labels() = request.labels();
    return absl::OkStatus();
  }

  absl::StatusOr<RequestClaim> claim = context_->store.requests->Claim(
      "CreateModel", request.request_id(), RequestDigest(request), FieldPath("request_id"));
  if (!claim.ok()) return claim.status();
  if (claim->made().has_value()) {
    absl::StatusOr<v1::Model> model = models.Get(claim->made()->name);
    if (!model.ok() || model->uid() != claim->made()->uid) {
      return DeletedSince(ResourceType(Collection::kModels), claim->made()->name,
                          request.request_id());
    }
    *response.mutable_model() = *std::move(model);
    return absl::OkStatus();
  }
  absl::StatusOr<PinnedModel> made =
      models.Create({.id = request.model_id(),
                     .network = std::move(checked->network),
                     .parameter_count = checked->parameter_count,
                     .description = request.description(),
                     .labels = request.labels()},
                    [&](const v1::Model& model, CatalogueBatch& batch) {
                      claim->Record({model.name(), model.uid()}, batch);
                    });
  if (!made.ok()) return made.status();
  claim->Keep();
  *response.mutable_model() = std::move(made->model);
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* ModelService::GetModel(grpc::CallbackServerContext* context,
                                                 const v1::GetModelRequest* request,
                                                 v1::GetModelResponse* response) {
  return Answer(context, [&]() -> absl::Status {
    if (absl::Status status = ValidateModelName(request->name()); !status.ok()) return status;
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
    absl::StatusOr<Page<v1::Model>> page = context_->store.models->List(MakeListRequest(*request));
    if (!page.ok()) return page.status();
    response->set_next_page_token(std::move(page->next_page_token));
    for (v1::Model& model : page->items) *response->add_models() = std::move(model);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ModelService::UpdateModel(grpc::CallbackServerContext* context,
                                                    const v1::UpdateModelRequest* request,
                                                    v1::UpdateModelResponse* response) {
  return AnswerOn(context_->work, context, [this, request, response]() -> absl::Status {
    const std::string& name = request->model().name();
    if (absl::Status status = ValidateName(Collection::kModels, name, FieldPath("model") / "name");
        !status.ok()) {
      return status;
    }
    const absl::StatusOr<ModelUpdate> update = ParseUpdate(*request);
    if (!update.ok()) return update.status();
    absl::StatusOr<v1::Model> model = context_->store.models->Update(name, *update);
    if (!model.ok()) return model.status();
    *response->mutable_model() = *std::move(model);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ModelService::DeleteModel(grpc::CallbackServerContext* context,
                                                    const v1::DeleteModelRequest* request,
                                                    v1::DeleteModelResponse* response) {
  return AnswerOn(context_->work, context, [this, request, response]() -> absl::Status {
    if (absl::Status status = ValidateModelName(request->name()); !status.ok()) return status;
    absl::StatusOr<DeletedModel> deleted = context_->store.models->Delete(request->name());
    if (!deleted.ok()) return deleted.status();
    response->set_deleted_versions(deleted->versions);
    response->mutable_deleted_aliases()->Assign(deleted->aliases.begin(), deleted->aliases.end());
    return absl::OkStatus();
  });
}

// ---- Versions -----------------------------------------------------------------------------------

grpc::ServerUnaryReactor* ModelService::GetModelVersion(grpc::CallbackServerContext* context,
                                                        const v1::GetModelVersionRequest* request,
                                                        v1::GetModelVersionResponse* response) {
  return Answer(context, [&]() -> absl::Status {
    const absl::StatusOr<ModelReference> reference =
        ParseModelReference(request->name(), FieldPath("name"));
    if (!reference.ok()) return reference.status();
    absl::StatusOr<v1::ModelVersion> version = context_->store.models->DescribeVersion(*reference);
    if (!version.ok()) return version.status();
    *response->mutable_model_version() = *std::move(version);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ModelService::ListModelVersions(
    grpc::CallbackServerContext* context, const v1::ListModelVersionsRequest* request,
    v1::ListModelVersionsResponse* response) {
  return Answer(context, [&]() -> absl::Status {
    if (absl::Status status =
            ValidateName(Collection::kModels, request->parent(), FieldPath("parent"));
        !status.ok()) {
      return status;
    }
    absl::StatusOr<Page<v1::ModelVersion>> page =
        context_->store.models->ListVersions(request->parent(), MakeListRequest(*request));
    if (!page.ok()) return page.status();
    response->set_next_page_token(std::move(page->next_page_token));
    for (v1::ModelVersion& version : page->items) {
      *response->add_model_versions() = std::move(version);
    }
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ModelService::DeleteModelVersion(
    grpc::CallbackServerContext* context, const v1::DeleteModelVersionRequest* request,
    v1::DeleteModelVersionResponse* /*response*/) {
  return AnswerOn(context_->work, context, [this, request]() -> absl::Status {
    const absl::StatusOr<ModelReference> reference =
        ParseVersionName(request->name(), FieldPath("name"));
    if (!reference.ok()) return reference.status();
    return context_->store.models->DeleteVersion(reference->model, *reference->version);
  });
}

grpc::ServerUnaryReactor* ModelService::SetModelAlias(grpc::CallbackServerContext* context,
                                                      const v1::SetModelAliasRequest* request,
                                                      v1::SetModelAliasResponse* response) {
  return AnswerOn(context_->work, context, [this, request, response]() -> absl::Status {
    const absl::StatusOr<ModelReference> reference =
        ParseAliasName(request->name(), FieldPath("name"));
    if (!reference.ok()) return reference.status();
    if (request->version() < 1) {
      return core::InvalidField(
          FieldPath("version"), request->version() == 0 ? "REQUIRED" : "OUT_OF_RANGE",
          absl::StrCat("must be a version's number, from 1, not ", request->version()));
    }
    absl::StatusOr<v1::Model> model =
        context_->store.models->SetAlias(reference->model, reference->alias, request->version());
    if (!model.ok()) return model.status();
    *response->mutable_model() = *std::move(model);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ModelService::DeleteModelAlias(grpc::CallbackServerContext* context,
                                                         const v1::DeleteModelAliasRequest* request,
                                                         v1::DeleteModelAliasResponse* response) {
  return AnswerOn(context_->work, context, [this, request, response]() -> absl::Status {
    const absl::StatusOr<ModelReference> reference =
        ParseAliasName(request->name(), FieldPath("name"));
    if (!reference.ok()) return reference.status();
    absl::StatusOr<v1::Model> model =
        context_->store.models->DeleteAlias(reference->model, reference->alias);
    if (!model.ok()) return model.status();
    *response->mutable_model() = *std::move(model);
    return absl::OkStatus();
  });
}

// ---- Files --------------------------------------------------------------------------------------

grpc::ServerWriteReactor<v1::ExportModelResponse>* ModelService::ExportModel(
    grpc::CallbackServerContext* /*context*/, const v1::ExportModelRequest* request) {
  auto* reactor = new ExportReactor();
  reactor->Start(*context_, request->name());
  return reactor;
}

grpc::ServerReadReactor<v1::ImportModelRequest>* ModelService::ImportModel(
    grpc::CallbackServerContext* context, v1::ImportModelResponse* response) {
  return new ImportReactor(context_, context, response);
}

grpc::ServerWriteReactor<v1::GetParametersResponse>* ModelService::GetParameters(
    grpc::CallbackServerContext* /*context*/, const v1::GetParametersRequest* request) {
  auto* reactor = new ParametersReactor();
  reactor->Start(*context_, request->name());
  return reactor;
}

}  // namespace fnn::server
