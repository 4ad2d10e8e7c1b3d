#include "server/runs/prepare.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "core/base/saturating.h"
#include "server/base/errors.h"
#include "server/base/timestamp.h"
#include "server/runs/event_log.h"
#include "server/store/labels.h"

namespace fnn::server {
namespace {

using core::FieldPath;
using core::SaturatingSize;

// What is shown of a data source: the columns it came to, and no inline data.
v1::DataSource Describe(const v1::DataSource& source, const core::BoundTable& data) {
  v1::DataSource out;
  if (source.has_inline_()) {
    out.mutable_inline_();
    return out;
  }
  out.set_dataset(source.dataset());
  const std::vector<std::string>& names = data.table->names();
  for (const int64_t column : data.features) {
    out.mutable_binding()->add_features()->set_name(names[static_cast<size_t>(column)]);
  }
  for (const int64_t column : data.targets) {
    out.mutable_binding()->add_targets()->set_name(names[static_cast<size_t>(column)]);
  }
  if (data.weight.has_value()) {
    out.mutable_binding()->mutable_weight()->set_name(names[static_cast<size_t>(*data.weight)]);
  }
  return out;
}

constexpr int32_t kMostPriority = 1000;
constexpr absl::Duration kLeastInterval = absl::Seconds(1);
constexpr absl::Duration kMostInterval = absl::Hours(24 * 365);

absl::Status ValidateCheckpoints(const v1::CheckpointPolicy& policy, const FieldPath& path) {
  core::Violations violations;
  if (policy.has_every_epochs() && policy.every_epochs() < 1) {
    violations.Add(path / "every_epochs", "OUT_OF_RANGE",
                   absl::StrCat("must be at least 1, not ", policy.every_epochs()));
  }
  if (policy.has_interval()) {
    const absl::Duration interval = FromProto(policy.interval());
    if (interval < kLeastInterval || interval > kMostInterval) {
      violations.Add(
          path / "interval", "OUT_OF_RANGE",
          absl::StrCat("must be 1 second to a year, not ", absl::FormatDuration(interval)));
    }
  }
  return violations.empty() ? absl::OkStatus() : violations.ToStatus();
}

absl::Status ValidatePriority(int32_t priority, const FieldPath& path) {
  if (priority >= -kMostPriority && priority <= kMostPriority) return absl::OkStatus();
  return core::InvalidField(
      path, "OUT_OF_RANGE",
      absl::StrCat("must be -", kMostPriority, " to ", kMostPriority, ", not ", priority));
}

absl::Status ValidateIds(const v1::CreateRunRequest& request, const FieldPath& path) {
  if (!request.run_id().empty()) {
    if (absl::Status status = ValidateId(request.run_id(), path / "run_id"); !status.ok()) {
      return status;
    }
  }
  if (absl::Status status = ValidatePriority(request.priority(), path / "priority"); !status.ok()) {
    return status;
  }
  if (absl::Status status = ValidateDescribed("", request.labels(), path); !status.ok()) {
    return status;
  }
  if (absl::Status status =
          ValidateCheckpoints(request.spec().checkpoints(), path / "spec" / "checkpoints");
      !status.ok()) {
    return status;
  }
  if (request.model_id().empty()) return absl::OkStatus();
  if (request.spec().has_model()) {
    return core::InvalidField(path / "model_id", "NOT_ALLOWED",
                              "only goes with spec.network; spec.model names one that is there");
  }
  return ValidateId(request.model_id(), path / "model_id");
}

// The bytes that a training's events come to.
SaturatingSize LogBytes(const core::TrainingJob& job) {
  constexpr int64_t kOtherEvents = 8;
  constexpr int64_t kMetricBytes = 48;  // For training and for validation.
  constexpr int64_t kLayerBytes = 80;   // And as much again for details.
  constexpr int64_t kDiagnosesBytes = 32 << 10;
  const v1::TrainingOptions& options = job.options();
  int64_t epoch = EventLog::kEventBytes + 2 * kMetricBytes * options.metrics_size();
  if (options.health().level() != v1::HEALTH_LEVEL_OFF) {
    const int details = options.health().level() == v1::HEALTH_LEVEL_DETAILED ? 2 : 1;
    for (const v1::Layer& layer : job.plan()->network().layers()) {
      epoch += details * kLayerBytes + static_cast<int64_t>(layer.name().size());
    }
  }
  return (SaturatingSize(options.epochs()) + kOtherEvents) * epoch + kDiagnosesBytes;
}

absl::StatusOr<ResolvedData> Resolved(absl::StatusOr<core::BoundTable> table,
                                      std::shared_ptr<const void> pin) {
  if (!table.ok()) return table.status();
  return ResolvedData{*std::move(table), std::move(pin)};
}

// The version whose parameters training starts from.
absl::StatusOr<PinnedVersion> PinInitial(const std::string& name, const FieldPath& path,
                                         ModelStore& models) {
  absl::StatusOr<ModelReference> reference = ParseModelReference(name, path);
  if (!reference.ok()) return reference.status();
  return models.PinVersion(*reference);
}

}  // namespace

absl::StatusOr<ResolvedData> ResolveData(const v1::DataSource& source, const FieldPath& path,
                                         DatasetStore& datasets) {
  switch (source.source_case()) {
    case v1::DataSource::kInline:
      if (source.has_binding()) {
        return core::InvalidField(path / "binding", "NOT_ALLOWED",
                                  "only goes with a dataset; inline data says what it means");
      }
      return Resolved(core::BindInline(source.inline_(), path), nullptr);
    case v1::DataSource::kDataset: {
      if (absl::Status status =
              ValidateName(Collection::kDatasets, source.dataset(), path / "dataset");
          !status.ok()) {
        return status;
      }
      absl::StatusOr<PinnedDataset> pinned = datasets.Pin(source.dataset());
      if (!pinned.ok()) return pinned.status();
      return Resolved(core::Bind(pinned->table, source.binding(), path), pinned->pin);
    }
    case v1::DataSource::SOURCE_NOT_SET:
      break;
  }
  return Required(path, "must say where the rows are: a dataset, or inline");
}

absl::StatusOr<PreparedRun> PrepareRun(const v1::CreateRunRequest& request, const FieldPath& path,
                                       const Store& store, int64_t max_threads, bool in_memory) {
  const v1::RunSpec& spec = request.spec();
  const FieldPath at = path / "spec";
  if (absl::Status status = ValidateIds(request, path); !status.ok()) return status;
  if (!request.has_spec()) return Required(at, "must say what to train, on what, and how");
  RunPins pins;
  v1::RunSpec requested = spec;
  storage::v1::RunData inline_data;

  // What is trained.
  std::optional<v1::Model> model;
  if (spec.has_model()) {
    if (absl::Status status = ValidateName(Collection::kModels, spec.model(), at / "model");
        !status.ok()) {
      return status;
    }
    absl::StatusOr<PinnedModel> pinned = store.models->Pin(spec.model());
    if (!pinned.ok()) return pinned.status();
    model = std::move(pinned->model);
    pins.model = std::move(pinned->pin);
  } else if (!spec.has_network()) {
    return Required(at, "must say what to train: a model, or a network");
  }
  std::shared_ptr<const ModelVersion> initial;
  if (!spec.initial_version().empty()) {
    absl::StatusOr<PinnedVersion> pinned =
        PinInitial(spec.initial_version(), at / "initial_version", *store.models);
    if (!pinned.ok()) return pinned.status();
    initial = std::move(pinned->version);
    pins.sources.push_back(std::move(pinned->pin));
    requested.set_initial_version(initial->message.name());
  }

  // What it is trained on.
  absl::StatusOr<ResolvedData> data = ResolveData(spec.data(), at / "data", *store.datasets);
  if (!data.ok()) return data.status();
  pins.sources.push_back(data->pin);
  if (spec.data().has_inline_()) {
    inline_data.mutable_data()->Swap(requested.mutable_data()->mutable_inline_());
  }
  std::optional<core::BoundTable> validation;
  if (spec.options().has_validation_data()) {
    const v1::DataSource& source = spec.options().validation_data();
    absl::StatusOr<ResolvedData> resolved =
        ResolveData(source, at / "options" / "validation_data", *store.datasets);
    if (!resolved.ok()) return resolved.status();
    validation = std::move(resolved->table);
    pins.sources.push_back(std::move(resolved->pin));
    if (source.has_inline_()) {
      inline_data.mutable_validation_data()->Swap(
          requested.mutable_options()->mutable_validation_data()->mutable_inline_());
    }
  }

  absl::StatusOr<core::TrainingJob> job =
      core::TrainingJob::Prepare({.network = model.has_value() ? model->network() : spec.network(),
                                  .network_path = model.has_value() ? at / "model" : at / "network",
                                  .options = spec.options(),
                                  .options_path = at / "options",
                                  .data = data->table,
                                  .validation = validation,
                                  .max_threads = max_threads,
                                  .initial = initial == nullptr ? nullptr : &initial->network,
                                  .initial_path = at / "initial_version"});
  if (!job.ok()) return job.status();

  v1::RunSpec described;
  if (model.has_value()) {
    described.set_model(spec.model());
  } else {
    *described.mutable_network() = job->plan()->network();
  }
  *described.mutable_data() = Describe(spec.data(), data->table);
  *described.mutable_options() = job->options();
  if (validation.has_value()) {
    *described.mutable_options()->mutable_validation_data() =
        Describe(spec.options().validation_data(), *validation);
  }
  described.set_initial_version(requested.initial_version());
  if (spec.has_checkpoints()) *described.mutable_checkpoints() = spec.checkpoints();

  v1::Provenance provenance;
  provenance.set_dataset(spec.data().dataset());
  provenance.set_dataset_digest(data->table.table->digest());
  if (validation.has_value()) provenance.set_validation_digest(validation->table->digest());
  *provenance.mutable_spec() = described;

  const bool other_table = validation.has_value() && validation->table != data->table.table;
  SaturatingSize memory = SaturatingSize(job->memory_bytes()) + data->table.table->memory_bytes();
  if (other_table) memory = memory + validation->table->memory_bytes();
  SaturatingSize storage = SaturatingSize(static_cast<int64_t>(described.SpaceUsedLong())) +
                           static_cast<int64_t>(requested.SpaceUsedLong());
  if (in_memory) {
    storage = storage + job->network_bytes() + LogBytes(*job).value();
    if (spec.data().has_inline_()) storage = storage + data->table.table->memory_bytes();
    if (other_table && spec.options().validation_data().has_inline_()) {
      storage = storage + validation->table->memory_bytes();
    }
  }
  return PreparedRun{.job = *std::move(job),
                     .spec = std::move(described),
                     .requested = std::move(requested),
                     .data = std::move(inline_data),
                     .model = std::move(model),
                     .pins = std::move(pins),
                     .provenance = std::move(provenance),
                     .memory_bytes = memory.value(),
                     .storage_bytes = storage.value()};
}

v1::CreateRunRequest RequestAgain(const v1::RunSpec& requested, storage::v1::RunData data) {
  v1::CreateRunRequest request;
  v1::RunSpec& spec = *request.mutable_spec();
  spec = requested;
  if (spec.data().has_inline_()) spec.mutable_data()->mutable_inline_()->Swap(data.mutable_data());
  if (spec.options().validation_data().has_inline_()) {
    spec.mutable_options()->mutable_validation_data()->mutable_inline_()->Swap(
        data.mutable_validation_data());
  }
  return request;
}

absl::Status TrainingMemoryExceeded(const PreparedRun& run, const FieldPath& path,
                                    int64_t available) {
  const FieldPath at = path / "spec";
  const int64_t metrics = run.job.metric_memory();
  const int64_t network = run.job.LeastNetworkMemory();
  struct Part {
    int64_t bytes;
    FieldPath field;
    absl::string_view remedy;
  };
  // Of equals, as where all is beyond counting, the first.
  const Part parts[] = {
      {network, run.model.has_value() ? at / "model" : at / "network", "take a smaller network"},
      {run.memory_bytes - run.job.memory_bytes(), at / "data", "train on fewer rows or columns"},
      {metrics, at / "options" / "metrics", "leave out those that keep every row"},
      {run.job.memory_bytes() - metrics - network, at / "options" / "batch_size",
       "take smaller mini-batches, or fewer threads"}};
  const Part& largest =
      *std::max_element(std::begin(parts), std::end(parts),
                        [](const Part& a, const Part& b) { return a.bytes < b.bytes; });
  return core::LimitExceeded("TRAINING_MEMORY_EXCEEDED", "bytes of memory for training",
                             run.memory_bytes, available, largest.field, largest.remedy);
}

}  // namespace fnn::server
