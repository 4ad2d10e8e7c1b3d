#include "server/runs/prepare.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "core/base/saturating.h"
#include "server/base/errors.h"
#include "server/runs/event_log.h"

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

absl::Status ValidateIds(const v1::CreateRunRequest& request, const FieldPath& path) {
  if (!request.run_id().empty()) {
    if (absl::Status status = ValidateId(request.run_id(), path / "run_id"); !status.ok()) {
      return status;
    }
  }
  if (request.model_id().empty()) return absl::OkStatus();
  if (request.spec().has_model()) {
    return core::InvalidField(path / "model_id", "NOT_ALLOWED",
                              "only goes with spec.network; spec.model names one that is there");
  }
  return ValidateId(request.model_id(), path / "model_id");
}

// The bytes that events with `metrics` figures each come to.
SaturatingSize LogBytes(const v1::TrainingOptions& options) {
  constexpr int64_t kOtherEvents = 8;
  constexpr int64_t kMetricBytes = 48;  // For training and for validation.
  return (SaturatingSize(options.epochs()) + kOtherEvents) *
         (EventLog::kEventBytes + 2 * kMetricBytes * options.metrics_size());
}

}  // namespace

absl::StatusOr<core::BoundTable> ResolveData(const v1::DataSource& source, const FieldPath& path,
                                             const DatasetStore& datasets) {
  switch (source.source_case()) {
    case v1::DataSource::kInline:
      if (source.has_binding()) {
        return core::InvalidField(path / "binding", "NOT_ALLOWED",
                                  "only goes with a dataset; inline data says what it means");
      }
      return core::BindInline(source.inline_(), path);
    case v1::DataSource::kDataset: {
      if (absl::Status status =
              ValidateName(Collection::kDatasets, source.dataset(), path / "dataset");
          !status.ok()) {
        return status;
      }
      absl::StatusOr<std::shared_ptr<const core::Table>> table =
          datasets.GetTable(source.dataset());
      if (!table.ok()) return table.status();
      return core::Bind(*std::move(table), source.binding(), path);
    }
    case v1::DataSource::SOURCE_NOT_SET:
      break;
  }
  return Required(path, "must say where the rows are: a dataset, or inline");
}

absl::StatusOr<PreparedRun> PrepareRun(const v1::CreateRunRequest& request, const FieldPath& path,
                                       const Store& store, int64_t max_threads) {
  const v1::RunSpec& spec = request.spec();
  const FieldPath at = path / "spec";
  if (absl::Status status = ValidateIds(request, path); !status.ok()) return status;
  if (!request.has_spec()) return Required(at, "must say what to train, on what, and how");

  // What is trained.
  std::optional<PinnedModel> model;
  if (spec.has_model()) {
    if (absl::Status status = ValidateName(Collection::kModels, spec.model(), at / "model");
        !status.ok()) {
      return status;
    }
    absl::StatusOr<PinnedModel> pinned = store.models->Pin(spec.model());
    if (!pinned.ok()) return pinned.status();
    model = *std::move(pinned);
  } else if (!spec.has_network()) {
    return Required(at, "must say what to train: a model, or a network");
  }

  // What it is trained on.
  absl::StatusOr<core::BoundTable> data = ResolveData(spec.data(), at / "data", *store.datasets);
  if (!data.ok()) return data.status();
  std::optional<core::BoundTable> validation;
  if (spec.options().has_validation_data()) {
    absl::StatusOr<core::BoundTable> bound = ResolveData(
        spec.options().validation_data(), at / "options" / "validation_data", *store.datasets);
    if (!bound.ok()) return bound.status();
    validation = *std::move(bound);
  }

  absl::StatusOr<core::TrainingJob> job = core::TrainingJob::Prepare(
      {.network = model.has_value() ? model->model.network() : spec.network(),
       .network_path = model.has_value() ? at / "model" : at / "network",
       .options = spec.options(),
       .options_path = at / "options",
       .data = *data,
       .validation = validation,
       .max_threads = max_threads});
  if (!job.ok()) return job.status();

  v1::RunSpec described;
  if (model.has_value()) {
    described.set_model(spec.model());
  } else {
    *described.mutable_network() = job->plan()->network();
  }
  *described.mutable_data() = Describe(spec.data(), *data);
  *described.mutable_options() = job->options();
  if (validation.has_value()) {
    *described.mutable_options()->mutable_validation_data() =
        Describe(spec.options().validation_data(), *validation);
  }

  SaturatingSize memory = SaturatingSize(job->memory_bytes()) + data->table->memory_bytes();
  SaturatingSize storage = SaturatingSize(job->network_bytes()) + LogBytes(job->options()) +
                           static_cast<int64_t>(described.SpaceUsedLong());
  if (spec.data().has_inline_()) storage = storage + data->table->memory_bytes();
  if (validation.has_value() && validation->table != data->table) {
    memory = memory + validation->table->memory_bytes();
    if (spec.options().validation_data().has_inline_()) {
      storage = storage + validation->table->memory_bytes();
    }
  }
  return PreparedRun{.job = *std::move(job),
                     .spec = std::move(described),
                     .model = std::move(model),
                     .memory_bytes = memory.value(),
                     .storage_bytes = storage.value()};
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
