#include "server/store/memory_model_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/errors.h"
#include "google/protobuf/util/time_util.h"

namespace fnn::server {
namespace {

using google::protobuf::util::TimeUtil;

// What an entry takes beside what it holds, about.
constexpr int64_t kOverhead = 1024;

// A version with the memory it is accounted with.
struct StoredVersion {
  ModelVersion version;
  Reservation memory;
};

int64_t Width(const v1::Network& network) {
  return network.inputs_size() == 1 && network.inputs(0).shape_size() == 1
             ? network.inputs(0).shape(0)
             : 0;
}

absl::Status ModelNotFound(const std::string& name) {
  return core::NotFound(ResourceType(Collection::kModels), name);
}

}  // namespace

const MemoryModelStore::Entry* MemoryModelStore::Find(const std::string& name) const {
  const auto it = models_.find(name);
  return it == models_.end() ? nullptr : &it->second;
}

absl::StatusOr<PinnedModel> MemoryModelStore::Create(const std::string& id,
                                                     const v1::Network& network,
                                                     int64_t parameter_count) {
  absl::StatusOr<Reservation> memory =
      budget_->Reserve(static_cast<int64_t>(network.SpaceUsedLong()) + kOverhead);
  if (!memory.ok()) return memory.status();
  v1::Model model;
  model.set_name(MakeName(Collection::kModels, id.empty() ? MakeId("model") : id));
  model.set_uid(MakeUid());
  *model.mutable_network() = network;
  model.set_parameter_count(parameter_count);
  *model.mutable_create_time() = TimeUtil::GetCurrentTime();

  MutexLock lock(mutex_);
  const auto [it, added] = models_.try_emplace(model.name());
  if (!added) return core::AlreadyExists(ResourceType(Collection::kModels), model.name());
  Entry& entry = it->second;
  entry.model = model;
  entry.memory = *std::move(memory);
  return PinnedModel{std::move(model), entry.pins};
}

absl::Status MemoryModelStore::CheckFree(const std::string& name) const {
  MutexLock lock(mutex_);
  return Find(name) == nullptr ? absl::OkStatus()
                               : core::AlreadyExists(ResourceType(Collection::kModels), name);
}

absl::StatusOr<v1::Model> MemoryModelStore::Get(const std::string& name) const {
  MutexLock lock(mutex_);
  const Entry* entry = Find(name);
  if (entry == nullptr) return ModelNotFound(name);
  return entry->model;
}

Page<v1::Model> MemoryModelStore::List(const PageRequest& page) const {
  MutexLock lock(mutex_);
  return ListPage(models_, page, [](const Entry& entry) { return entry.model; });
}

absl::Status MemoryModelStore::Delete(const std::string& name) {
  std::map<std::string, Entry>::node_type dropped;  // Destroyed after the lock is left.
  MutexLock lock(mutex_);
  const auto it = models_.find(name);
  if (it == models_.end()) return ModelNotFound(name);
  // Pins are made under mutex_ only, so a count of one can't grow meanwhile.
  if (it->second.pins.use_count() > 1) {
    return core::MakeError(
        absl::StatusCode::kFailedPrecondition, "MODEL_IN_USE",
        absl::StrCat("a run trains ", name, "; cancel the run or wait for its end, then delete"));
  }
  dropped = models_.extract(it);
  return absl::OkStatus();
}

absl::StatusOr<PinnedModel> MemoryModelStore::Pin(const std::string& name) {
  MutexLock lock(mutex_);
  const Entry* entry = Find(name);
  if (entry == nullptr) return ModelNotFound(name);
  return PinnedModel{entry->model, entry->pins};
}

absl::StatusOr<v1::ModelVersion> MemoryModelStore::Publish(const std::string& model,
                                                           const std::string& run,
                                                           const v1::EpochReport& epoch,
                                                           core::Network network,
                                                           Reservation memory) {
  const core::Plan& plan = network.plan();
  MutexLock lock(mutex_);
  const auto it = models_.find(model);
  if (it == models_.end()) return ModelNotFound(model);
  Entry& entry = it->second;
  if (const int64_t width = Width(entry.model.network());
      width != 0 && width != plan.input_width()) {
    return core::MakeError(
        absl::StatusCode::kFailedPrecondition, "MODEL_CHANGED",
        absl::StrCat("another run has made the model's input ", width, " wide, this one trained ",
                     plan.input_width(), " features"));
  }
  v1::ModelVersion message;
  message.set_name(MakeVersionName(model, static_cast<int64_t>(entry.versions.size()) + 1));
  message.set_run(run);
  *message.mutable_epoch() = epoch;
  *message.mutable_create_time() = TimeUtil::GetCurrentTime();
  if (entry.versions.empty()) {
    *entry.model.mutable_network() = plan.network();
    entry.model.set_parameter_count(plan.parameter_count());
  }
  *entry.model.mutable_latest_version() = message;
  auto stored = std::make_shared<StoredVersion>(
      StoredVersion{{message, std::move(network)}, std::move(memory)});
  entry.versions.emplace_back(stored, &stored->version);
  return message;
}

absl::StatusOr<std::shared_ptr<const ModelVersion>> MemoryModelStore::GetVersion(
    const ModelReference& reference) const {
  MutexLock lock(mutex_);
  const Entry* entry = Find(reference.model);
  if (entry == nullptr) return ModelNotFound(reference.model);
  const auto count = static_cast<int64_t>(entry->versions.size());
  if (reference.version.value_or(0) > count) {
    return core::NotFound("fnn.v1.ModelVersion",
                          MakeVersionName(reference.model, *reference.version));
  }
  if (count == 0) {
    return core::MakeError(absl::StatusCode::kFailedPrecondition, "MODEL_NOT_TRAINED",
                           absl::StrCat(reference.model, " has no version yet; train it first"));
  }
  return entry->versions[static_cast<size_t>(reference.version.value_or(count) - 1)];
}

}  // namespace fnn::server
