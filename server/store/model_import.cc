#include "server/store/model_import.h"

#include <optional>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/errors.h"
#include "core/base/utf8.h"
#include "core/plan/plan.h"
#include "google/protobuf/util/message_differencer.h"
#include "google/protobuf/util/time_util.h"
#include "server/base/errors.h"
#include "server/base/log.h"
#include "server/storage/checked_file.h"
#include "server/store/model_file.h"
#include "server/store/quarantine.h"

namespace fnn::server {
namespace {

using core::FieldPath;
using google::protobuf::util::TimeUtil;

constexpr absl::string_view kFolder = "imports";
constexpr size_t kMostOriginBytes = 256;

// What is wrong with a client's file, of which the server's own words would say where it lies.
absl::Status BadFile(const absl::Status& damage) {
  const std::string reason = ErrorReason(damage).value_or("FILE_CORRUPT");
  const absl::string_view what =
      reason == "FILE_TRUNCATED" ? "the file ends too early; send all of it"
      : reason == "FILE_FOREIGN"
          ? "is no .fnn file, or one that a newer server wrote; send what ExportModel gave"
          : "the file is not as it was written; export it again, or fetch another copy";
  return core::InvalidField(FieldPath("data"), reason, what);
}

absl::StatusOr<ModelFile> ReadFile(FileSystem* files, const std::string& path,
                                   MemoryBudget* budget) {
  absl::StatusOr<std::unique_ptr<CheckedFileReader>> reader =
      CheckedFileReader::Open(files, path, FileKind::kModelFile);
  if (absl::IsDataLoss(reader.status())) return BadFile(reader.status());
  if (!reader.ok()) return reader.status();
  return ReadModelFile(**reader, (*reader)->size(), FieldPath("data"),
                       [budget](int64_t bytes) { return budget->Reserve(bytes); });
}

// Whether a model of `network` can have versions of `plan`.
absl::Status CheckSame(const v1::Model& model, const core::Plan& plan) {
  const absl::StatusOr<std::shared_ptr<const core::Plan>> own =
      core::Plan::Compile(model.network(), plan.input_width(), FieldPath("model_id"));
  if (own.ok() &&
      google::protobuf::util::MessageDifferencer::Equals((*own)->network(), plan.network())) {
    return absl::OkStatus();
  }
  return core::MakeError(absl::StatusCode::kFailedPrecondition, "NETWORK_DIFFERS",
                         absl::StrCat("the network of ", model.name(),
                                      " is not the file's; import it under another model_id"));
}

// A version has no uid, but no two of the same name were created at the same time.
MadeResource Identify(const v1::ModelVersion& version) {
  return {version.name(), TimeUtil::ToString(version.create_time())};
}

// The answer to a request that made `made` before.
absl::Status Repeat(const ModelStore& models, const MadeResource& made,
                    const std::string& request_id, v1::ImportModelResponse& response) {
  const absl::StatusOr<ModelReference> reference = ParseVersionName(made.name, FieldPath());
  if (!reference.ok()) return reference.status();
  absl::StatusOr<v1::Model> model = models.Get(reference->model);
  absl::StatusOr<v1::ModelVersion> version = models.DescribeVersion(*reference);
  if (absl::IsNotFound(version.status()) || !model.ok() ||
      (version.ok() && Identify(*version).uid != made.uid)) {
    return DeletedSince("fnn.v1.ModelVersion", made.name, request_id);
  }
  if (!version.ok()) return version.status();
  *response.mutable_model() = *std::move(model);
  *response.mutable_model_version() = *std::move(version);
  return absl::OkStatus();
}

// Adds `version` to models/{id}, which need not be there.
absl::StatusOr<v1::ModelVersion> Keep(ModelStore& models, const std::string& id, NewVersion version,
                                      ModelStore::WithVersion also) {
  const core::Plan& plan = version.network.plan();
  if (!id.empty()) {
    const absl::StatusOr<PinnedModel> there = models.Pin(MakeName(Collection::kModels, id));
    if (there.ok()) {
      if (absl::Status status = CheckSame(there->model, plan); !status.ok()) return status;
      return models.Publish(there->model.name(), std::move(version), also);
    }
    if (!absl::IsNotFound(there.status())) return there.status();
  }
  const NewModel model{
      .id = id, .network = plan.network(), .parameter_count = plan.parameter_count()};
  return models.PublishNew(model, std::move(version), also);
}

}  // namespace

absl::Status ModelImport::OpenFolder(FileSystem* files) {
  return OpenDirectory(files, kFolder, [](absl::string_view) { return false; });
}

absl::StatusOr<std::unique_ptr<ModelImport>> ModelImport::Begin(FileSystem* files,
                                                                MemoryBudget* budget,
                                                                int64_t most_bytes) {
  std::unique_ptr<ModelImport> import(
      new ModelImport(files, budget, most_bytes, absl::StrCat(kFolder, "/", MakeUid())));
  absl::StatusOr<std::unique_ptr<WritableFile>> file = files->Create(import->path_);
  if (!file.ok()) return file.status();
  import->file_ = *std::move(file);
  absl::StatusOr<Reservation> memory = budget->Reserve(0);
  if (!memory.ok()) return memory.status();
  import->memory_ = *std::move(memory);
  return import;
}

ModelImport::ModelImport(FileSystem* files, MemoryBudget* budget, int64_t most_bytes,
                         std::string path)
    : files_(files), budget_(budget), most_bytes_(most_bytes), path_(std::move(path)) {}

ModelImport::~ModelImport() {
  file_.reset();
  const absl::Status status = files_->Remove(path_);
  if (!status.ok() && !absl::IsNotFound(status)) LogWarning(status.message());
}

absl::Status ModelImport::Append(absl::string_view data) {
  bytes_ += static_cast<int64_t>(data.size());
  if (bytes_ > most_bytes_) {
    return core::LimitExceeded("MODEL_FILE_TOO_LARGE", "bytes in one file", bytes_, most_bytes_,
                               FieldPath("data"), "import a smaller model");
  }
  if (files_->in_memory()) {
    if (absl::Status status = memory_.Resize(bytes_); !status.ok()) return status;
  }
  digester_.Update(std::as_bytes(std::span(data.data(), data.size())));
  return file_->Append(data);
}

absl::Status ModelImport::Finish(const Store& store, const std::string& model_id,
                                 const std::string& request_id, v1::ImportModelResponse& response) {
  const std::string content = absl::StrCat(model_id, "\n", digester_.Finish());
  absl::StatusOr<RequestClaim> claim =
      store.requests->Claim("ImportModel", request_id, content, FieldPath("request_id"));
  if (!claim.ok()) return claim.status();
  if (claim->made().has_value()) {
    return Repeat(*store.models, *claim->made(), request_id, response);
  }
  absl::StatusOr<ModelFile> file = ReadFile(files_, path_, budget_);
  if (!file.ok()) return file.status();

  NewVersion version{.epoch = std::move(*file->version.mutable_epoch()),
                     .provenance = std::move(*file->version.mutable_provenance()),
                     .network = std::move(file->network),
                     .memory = std::move(file->memory)};
  const absl::string_view origin = core::CutUtf8(file->version.name(), kMostOriginBytes);
  version.provenance.set_imported_from(origin.empty() ? "unnamed" : std::string(origin));
  absl::StatusOr<v1::ModelVersion> made =
      Keep(*store.models, model_id, std::move(version),
           [&](const v1::ModelVersion& published, CatalogueBatch& batch) {
             claim->Record(Identify(published), batch);
           });
  if (!made.ok()) return made.status();
  claim->Keep();
  const std::string name = made->name().substr(0, made->name().find("/versions/"));
  absl::StatusOr<v1::Model> model = store.models->Get(name);
  if (!model.ok()) return model.status();
  *response.mutable_model() = *std::move(model);
  *response.mutable_model_version() = *std::move(made);
  return absl::OkStatus();
}

}  // namespace fnn::server
