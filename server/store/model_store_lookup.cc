// What there is: models and versions as they are shown, found, listed and pinned.

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/errors.h"
#include "server/store/model_store.h"

namespace fnn::server {

absl::Status ModelStore::ModelNotFound(const std::string& name) {
  return core::NotFound(ResourceType(Collection::kModels), name);
}

absl::Status ModelStore::VersionNotFound(const std::string& model, int64_t number) {
  return core::NotFound("fnn.v1.ModelVersion", MakeVersionName(model, number));
}

const ModelStore::Entry* ModelStore::FindEntry(const std::string& name) const {
  const auto it = models_.find(name);
  return it == models_.end() ? nullptr : &it->second;
}

ModelStore::VersionView ModelStore::View(const Entry& entry, int64_t number,
                                         const Version& version) {
  VersionView view{.number = number, .message = version.message, .aliases = {}};
  if (number == entry.versions.rbegin()->first) view.aliases.emplace_back(kLatestAlias);
  if (number == entry.best) view.aliases.emplace_back(kBestAlias);
  Tags own;
  for (const auto& [alias, of] : entry.record->model().aliases()) {
    if (of == number) own.push_back(alias);
  }
  std::sort(own.begin(), own.end());
  view.aliases.insert(view.aliases.end(), own.begin(), own.end());
  return view;
}

ModelStore::ModelView ModelStore::View(const Entry& entry) {
  ModelView view{.record = entry.record,
                 .latest = std::nullopt,
                 .best = entry.best,
                 .versions = static_cast<int64_t>(entry.versions.size())};
  if (!entry.versions.empty()) {
    const auto& [number, version] = *entry.versions.rbegin();
    view.latest = View(entry, number, version);
  }
  return view;
}

v1::ModelVersion ModelStore::Message(const VersionView& view) {
  v1::ModelVersion message = *view.message;
  message.mutable_aliases()->Assign(view.aliases.begin(), view.aliases.end());
  return message;
}

v1::Model ModelStore::Message(const ModelView& view) {
  v1::Model model = view.record->model();
  model.set_version_count(view.versions);
  // Another model of the same name has another uid.
  model.set_etag(absl::StrCat(model.uid().substr(0, 8), "-", view.record->revision()));
  if (view.latest.has_value()) {
    *model.mutable_latest_version() = Message(*view.latest);
    (*model.mutable_aliases())[std::string(kLatestAlias)] = view.latest->number;
    (*model.mutable_aliases())[std::string(kBestAlias)] = view.best;
  }
  return model;
}

int64_t ModelStore::Best(const Versions& versions) {
  // Those with a validation loss come first, then by the loss, then by age.
  using Rank = std::tuple<bool, double, int64_t>;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  Rank best{true, kInfinity, std::numeric_limits<int64_t>::max()};
  for (const auto& [number, version] : versions) {
    const v1::EpochReport& epoch = version.message->epoch();
    const double loss = epoch.has_validation_loss() ? epoch.validation_loss() : epoch.train_loss();
    best = std::min(
        best, Rank{!epoch.has_validation_loss(), std::isnan(loss) ? kInfinity : loss, number});
  }
  return versions.empty() ? 0 : std::get<int64_t>(best);
}

absl::StatusOr<ModelStore::ModelView> ModelStore::FindView(const std::string& name) const {
  MutexLock lock(mutex_);
  const Entry* entry = FindEntry(name);
  if (entry == nullptr) return ModelNotFound(name);
  return View(*entry);
}

absl::StatusOr<std::shared_ptr<const storage::v1::ModelRecord>> ModelStore::RecordOf(
    const std::string& name) const {
  MutexLock lock(mutex_);
  const Entry* entry = FindEntry(name);
  if (entry == nullptr) return ModelNotFound(name);
  return entry->record;
}

absl::StatusOr<ModelStore::Found> ModelStore::FindVersion(const ModelReference& reference,
                                                          bool pin) const {
  MutexLock lock(mutex_);
  const Entry* entry = FindEntry(reference.model);
  if (entry == nullptr) return ModelNotFound(reference.model);
  int64_t number = 0;
  if (reference.version.has_value()) {
    number = *reference.version;
  } else if (reference.alias.empty() || reference.alias == kLatestAlias ||
             reference.alias == kBestAlias) {
    if (entry->versions.empty()) {
      return core::MakeError(absl::StatusCode::kFailedPrecondition, "MODEL_NOT_TRAINED",
                             absl::StrCat(reference.model, " has no version yet; train it first"));
    }
    number = reference.alias == kBestAlias ? entry->best : entry->versions.rbegin()->first;
  } else {
    const auto& aliases = entry->record->model().aliases();
    const auto it = aliases.find(reference.alias);
    if (it == aliases.end()) {
      return core::NotFound("fnn.v1.ModelAlias",
                            absl::StrCat(reference.model, "/aliases/", reference.alias));
    }
    number = it->second;
  }
  const auto it = entry->versions.find(number);
  if (it == entry->versions.end()) return VersionNotFound(reference.model, number);
  if (!it->second.damage.ok()) return it->second.damage;
  using Pins = std::pair<ModelPin, ModelPin>;
  return Found{.view = View(*entry, number, it->second),
               .file = it->second.file,
               .pin = pin ? std::make_shared<Pins>(entry->pins, it->second.pins) : nullptr};
}

absl::Status ModelStore::CheckFree(const std::string& name) const {
  MutexLock lock(mutex_);
  return FindEntry(name) == nullptr ? absl::OkStatus()
                                    : core::AlreadyExists(ResourceType(Collection::kModels), name);
}

absl::StatusOr<v1::Model> ModelStore::Get(const std::string& name) const {
  const absl::StatusOr<ModelView> view = FindView(name);
  if (!view.ok()) return view.status();
  return Message(*view);
}

absl::StatusOr<Page<v1::Model>> ModelStore::List(const ListRequest& request) const {
  static const auto& listing = *new Listing<ModelView>(
      "name",
      {{{"name", FieldType::kText, true},
        [](const ModelView& view, auto) { return FieldValue(view.record->model().name()); }},
       {{"create_time", FieldType::kTime, true},
        [](const ModelView& view, auto) { return TimeValue(view.record->model().create_time()); }},
       {{"labels", FieldType::kLabels}, [](const ModelView& view, absl::string_view key) {
          return LabelValue(view.record->model().labels(), key);
        }}});
  std::vector<ModelView> views;
  {
    MutexLock lock(mutex_);
    views.reserve(models_.size());
    for (const auto& [name, entry] : models_) views.push_back(View(entry));
  }
  return listing.List(request, "models", views,
                      [](const ModelView& view) { return Message(view); });
}

absl::StatusOr<PinnedModel> ModelStore::Pin(const std::string& name) {
  const KeyedLock changing(changing_, name);  // Delete must not see it unpinned meanwhile.
  ModelView view;
  ModelPin pin;
  {
    MutexLock lock(mutex_);
    const Entry* entry = FindEntry(name);
    if (entry == nullptr) return ModelNotFound(name);
    view = View(*entry);
    pin = entry->pins;
  }
  return PinnedModel{Message(view), std::move(pin)};
}

absl::StatusOr<std::shared_ptr<const ModelVersion>> ModelStore::GetVersion(
    const ModelReference& reference) {
  const absl::StatusOr<Found> found = FindVersion(reference);
  if (!found.ok()) return found.status();
  return LoadNetwork(*found);
}

absl::StatusOr<std::shared_ptr<const ModelVersion>> ModelStore::GetCachedVersion(
    const ModelReference& reference) {
  const absl::StatusOr<Found> found = FindVersion(reference);
  if (!found.ok()) return found.status();
  return cache_.Find(found->file);
}

absl::StatusOr<PinnedVersion> ModelStore::PinVersion(const ModelReference& reference) {
  absl::StatusOr<Found> found = [&] {
    const KeyedLock changing(changing_, reference.model);
    return FindVersion(reference, /*pin=*/true);
  }();
  if (!found.ok()) return found.status();
  absl::StatusOr<std::shared_ptr<const ModelVersion>> version = LoadNetwork(*found);
  if (!version.ok()) return version.status();
  return PinnedVersion{*std::move(version), std::move(found->pin)};
}

absl::StatusOr<v1::ModelVersion> ModelStore::DescribeVersion(
    const ModelReference& reference) const {
  const absl::StatusOr<Found> found = FindVersion(reference);
  if (!found.ok()) return found.status();
  return Message(found->view);
}

absl::StatusOr<Page<v1::ModelVersion>> ModelStore::ListVersions(const std::string& model,
                                                                const ListRequest& request) const {
  static const auto& listing = *new Listing<VersionView>(
      "version desc",
      {{{"version", FieldType::kInteger, true},
        [](const VersionView& view, auto) { return FieldValue(view.number); }},
       {{"create_time", FieldType::kTime, true},
        [](const VersionView& view, auto) { return TimeValue(view.message->create_time()); }},
       {{"run", FieldType::kTags},
        [](const VersionView& view, auto) { return FieldValue(Tags{view.message->run()}); }},
       {{"train_loss", FieldType::kNumber, true},
        [](const VersionView& view, auto) {
          return FieldValue(view.message->epoch().train_loss());
        }},
       {{"validation_loss", FieldType::kNumber, true},
        [](const VersionView& view, auto) {
          const v1::EpochReport& epoch = view.message->epoch();
          return epoch.has_validation_loss() ? FieldValue(epoch.validation_loss()) : FieldValue();
        }},
       {{"alias", FieldType::kTags},
        [](const VersionView& view, auto) { return FieldValue(view.aliases); }}});
  std::vector<VersionView> views;
  std::string uid;
  {
    MutexLock lock(mutex_);
    const Entry* entry = FindEntry(model);
    if (entry == nullptr) return ModelNotFound(model);
    uid = entry->record->model().uid();
    for (const auto& [number, version] : entry->versions) {
      if (version.damage.ok()) views.push_back(View(*entry, number, version));
    }
  }
  return listing.List(request, absl::StrCat("versions of ", uid), views,
                      [](const VersionView& view) { return Message(view); });
}

}  // namespace fnn::server
