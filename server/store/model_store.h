// Models, their versions and aliases.
//
// A model is a record of the catalogue, and so is a version, which names a file with its network
// and parameters. All records are in memory too; parameters are read when a version is used, and
// stay while it is and then for as long as there is room (version_cache.h).
//
// Every change is in the catalogue before it is seen. Changes of one model wait for each other,
// those of different models share commits, and readers wait for none of them.

#ifndef FNN_SERVER_STORE_MODEL_STORE_H_
#define FNN_SERVER_STORE_MODEL_STORE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/network.h"
#include "fnn/storage/v1/model_record.pb.h"
#include "fnn/v1/model.pb.h"
#include "server/base/keyed_mutex.h"
#include "server/base/memory_budget.h"
#include "server/base/mutex.h"
#include "server/storage/catalogue.h"
#include "server/storage/file_system.h"
#include "server/store/labels.h"
#include "server/store/model_file.h"
#include "server/store/names.h"
#include "server/store/page.h"
#include "server/store/version_cache.h"

namespace fnn::server {

// Holds a model or a version for a run: while a copy of it lives, that is not deleted.
using ModelPin = std::shared_ptr<const void>;

// A model with a pin on it.
struct PinnedModel {
  v1::Model model;
  ModelPin pin;
};

// A version with a pin on it and its model.
struct PinnedVersion {
  std::shared_ptr<const ModelVersion> version;
  ModelPin pin;
};

// A model to create.
struct NewModel {
  std::string id;  // Empty: one is made.
  v1::Network network;
  int64_t parameter_count = 0;  // 0: the input's width is not known.
  std::string description{};
  Labels labels{};
};

// A version to publish.
struct NewVersion {
  v1::EpochReport epoch;
  v1::Provenance provenance;  // With the run; or with what it was imported from.
  core::Network network;
  Reservation memory;  // What its parameters were accounted with so far; may be of nothing.
};

// What a deleted model took with it.
struct DeletedModel {
  int64_t versions = 0;
  std::vector<std::string> aliases;  // Of the client's own.
};

// The changes that an update makes to a model.
struct ModelUpdate {
  std::string etag{};  // That it must have; empty: any.
  std::optional<std::string> description{};
  std::optional<Labels> labels{};
};

// Where the files of versions are, named by their uids.
inline constexpr absl::string_view kModelFolder = "models";
std::string ModelFilePath(absl::string_view file);

// The key of a version's record.
std::string ModelVersionKey(absl::string_view model_uid, int64_t number);

// Safe from any thread. Names given to it have been validated (names.h). Beside the errors that are
// listed, what writes answers RESOURCE_EXHAUSTED (DISK_FULL) and UNAVAILABLE (DISK_FAULT), and
// nothing has changed then.
class ModelStore {
 public:
  struct Options {
    // What parameters may take that no one uses at the moment, in bytes.
    int64_t cache_bytes = int64_t{256} << 20;
  };

  ~ModelStore();
  ModelStore(const ModelStore&) = delete;
  ModelStore& operator=(const ModelStore&) = delete;

  // What else is to be committed with a new model or version, in the same commit; called with what
  // is about to be committed.
  using WithModel = absl::FunctionRef<void(const v1::Model& model, CatalogueBatch& batch)>;
  using WithVersion =
      absl::FunctionRef<void(const v1::ModelVersion& version, CatalogueBatch& batch)>;

  // Loads what `catalogue` has, takes files out of service that are damaged, and removes those that
  // no version names. What is given outlives the store and all it gave. `budget` accounts for
  // records, for cached parameters, and for files where they are in memory. RESOURCE_EXHAUSTED;
  // DATA_LOSS where a record is damaged.
  static absl::StatusOr<std::unique_ptr<ModelStore>> Open(Options options, Catalogue* catalogue,
                                                          FileSystem* files, MemoryBudget* budget);

  // ---- Models. ----

  // Keeps a model as `models/{id}`. ALREADY_EXISTS, RESOURCE_EXHAUSTED. It comes pinned, so that a
  // run created with it finds it.
  absl::StatusOr<PinnedModel> Create(const NewModel& model);
  absl::StatusOr<PinnedModel> Create(const NewModel& model, WithModel also);

  // ALREADY_EXISTS where `name` is taken.
  absl::Status CheckFree(const std::string& name) const;

  // NOT_FOUND.
  absl::StatusOr<v1::Model> Get(const std::string& name) const;
  // INVALID_ARGUMENT (page.h).
  absl::StatusOr<Page<v1::Model>> List(const ListRequest& request) const;

  // NOT_FOUND; ABORTED (ETAG_MISMATCH). The model as it is then.
  absl::StatusOr<v1::Model> Update(const std::string& name, const ModelUpdate& update);

  // With all its versions. NOT_FOUND; FAILED_PRECONDITION (MODEL_IN_USE) while it or one of its
  // versions is pinned. Who uses a version keeps it.
  absl::StatusOr<DeletedModel> Delete(const std::string& name);

  // NOT_FOUND. May wait for a change of the model.
  absl::StatusOr<PinnedModel> Pin(const std::string& name);

  // ---- Versions. ----

  // Publishes the next version of a model. The first sets the model's network, with its input's
  // shape, to that of `version.network`'s plan. NOT_FOUND; FAILED_PRECONDITION (MODEL_CHANGED)
  // where another has set another input width since; RESOURCE_EXHAUSTED.
  absl::StatusOr<v1::ModelVersion> Publish(const std::string& model, NewVersion version);
  absl::StatusOr<v1::ModelVersion> Publish(const std::string& model, NewVersion version,
                                           WithVersion also);

  // Creates a model with its first version, as Create and Publish do, in one commit.
  absl::StatusOr<v1::ModelVersion> PublishNew(const NewModel& model, NewVersion version,
                                              WithVersion also);

  // The version that `reference` names, ready to predict; reads its file where it is not in memory.
  // NOT_FOUND; FAILED_PRECONDITION (MODEL_NOT_TRAINED) where the model has no version yet;
  // DATA_LOSS where its file is damaged; RESOURCE_EXHAUSTED where there is no room for it.
  absl::StatusOr<std::shared_ptr<const ModelVersion>> GetVersion(const ModelReference& reference);
  // The same where that needs no reading, else null. Takes microseconds.
  absl::StatusOr<std::shared_ptr<const ModelVersion>> GetCachedVersion(
      const ModelReference& reference);

  // As GetVersion, with a pin. May wait for a change of the model.
  absl::StatusOr<PinnedVersion> PinVersion(const ModelReference& reference);

  // What is known of a version, with its aliases. Errors as GetVersion.
  absl::StatusOr<v1::ModelVersion> DescribeVersion(const ModelReference& reference) const;
  // Those of `models/{model}` but the damaged. NOT_FOUND, INVALID_ARGUMENT (page.h).
  absl::StatusOr<Page<v1::ModelVersion>> ListVersions(const std::string& model,
                                                      const ListRequest& request) const;

  // NOT_FOUND; FAILED_PRECONDITION: VERSION_HAS_ALIAS, VERSION_IN_USE.
  absl::Status DeleteVersion(const std::string& model, int64_t version);

  // ---- Aliases. ----

  // Has `alias`, neither `latest` nor `best`, stand for a version. NOT_FOUND; RESOURCE_EXHAUSTED
  // (TOO_MANY_ALIASES) beyond 100. The model as it is then.
  absl::StatusOr<v1::Model> SetAlias(const std::string& model, const std::string& alias,
                                     int64_t version);
  // NOT_FOUND.
  absl::StatusOr<v1::Model> DeleteAlias(const std::string& model, const std::string& alias);

 private:
  struct Version {
    std::shared_ptr<const v1::ModelVersion> message;       // Without aliases.
    std::string file;                                      // The uid that names it.
    Reservation memory;                                    // For the message, and a file in memory.
    absl::Status damage{};                                 // Not OK: out of service.
    std::shared_ptr<int> pins = std::make_shared<int>(0);  // Counted by its owners; one is this.
  };
  using Versions = std::map<int64_t, Version>;
  struct Entry {
    std::shared_ptr<const storage::v1::ModelRecord> record;
    Reservation memory;
    Versions versions{};
    int64_t best = 0;                                      // A number; 0 where there is no version.
    std::shared_ptr<int> pins = std::make_shared<int>(0);  // Counted by its owners; one is this.
  };
  // What messages are made of: taken under the lock, copied outside.
  struct VersionView {
    int64_t number = 0;
    std::shared_ptr<const v1::ModelVersion> message;
    Tags aliases;
  };
  struct ModelView {
    std::shared_ptr<const storage::v1::ModelRecord> record;
    std::optional<VersionView> latest;
    int64_t best = 0;
    int64_t versions = 0;
  };
  // What a reference named.
  struct Found {
    VersionView view;
    std::string file;
    ModelPin pin;  // Where one was asked for.
  };

  ModelStore(Options options, Catalogue* catalogue, FileSystem* files, MemoryBudget* budget);

  // ---- Opening (model_store_open.cc). ----
  absl::Status Load();
  absl::Status LoadModel(absl::string_view key, absl::string_view bytes);
  absl::Status LoadVersion(absl::string_view key, absl::string_view bytes,
                           const std::map<std::string, std::string>& names);
  // Takes what is damaged out of service, and removes files that nothing names.
  absl::Status CheckFiles();

  // ---- Looking up (model_store_lookup.cc). ----
  static absl::Status ModelNotFound(const std::string& name);
  static absl::Status VersionNotFound(const std::string& model, int64_t number);
  const Entry* FindEntry(const std::string& name) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<ModelView> FindView(const std::string& name) const;
  absl::StatusOr<Found> FindVersion(const ModelReference& reference, bool pin = false) const;
  static ModelView View(const Entry& entry);
  static VersionView View(const Entry& entry, int64_t number, const Version& version);
  static v1::Model Message(const ModelView& view);
  static v1::ModelVersion Message(const VersionView& view);
  static int64_t Best(const Versions& versions);

  // ---- Changing. The model's key is held. ----
  static storage::v1::ModelRecord MakeRecord(const NewModel& model);
  absl::StatusOr<v1::ModelVersion> Add(storage::v1::ModelRecord record, NewVersion version,
                                       WithVersion also);
  // Commits `batch` and the model's new `record`, then has `apply` change its entry, which is new
  // where the model is. The model as it is then.
  absl::StatusOr<v1::Model> Replace(const std::string& name, storage::v1::ModelRecord record,
                                    CatalogueBatch batch, absl::FunctionRef<void(Entry&)> apply);
  absl::StatusOr<std::shared_ptr<const storage::v1::ModelRecord>> RecordOf(
      const std::string& name) const;

  // ---- Files (model_store_files.cc). ----
  absl::Status WriteFile(const std::string& file, ModelFilePayload& payload);
  absl::StatusOr<std::shared_ptr<const ModelVersion>> LoadNetwork(const Found& found);
  // Takes the version whose file `damage` is about out of service, unless it has been deleted
  // since; what to answer.
  absl::Status Quarantine(const Found& found, const absl::Status& damage);
  // The version, while it has this file.
  Version* FindFile(const std::string& model, int64_t number, const std::string& file)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void RemoveFile(const std::string& file);

  Catalogue* const catalogue_;
  FileSystem* const files_;
  MemoryBudget* const budget_;
  VersionCache cache_;
  KeyedMutex changing_;  // By a model's name: taken before mutex_, held while it is committed.
  mutable Mutex mutex_;
  std::map<std::string, Entry> models_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace fnn::server

#endif  // FNN_SERVER_STORE_MODEL_STORE_H_
