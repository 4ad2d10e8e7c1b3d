// Models in memory.

#ifndef FNN_SERVER_STORE_MEMORY_MODEL_STORE_H_
#define FNN_SERVER_STORE_MEMORY_MODEL_STORE_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "server/base/mutex.h"
#include "server/store/model_store.h"

namespace fnn::server {

class MemoryModelStore final : public ModelStore {
 public:
  // `budget` accounts for descriptions and parameters, and outlives the store and all it gave.
  explicit MemoryModelStore(MemoryBudget* budget) : budget_(budget) {}

  absl::StatusOr<PinnedModel> Create(const std::string& id, const v1::Network& network,
                                     int64_t parameter_count) override;
  absl::Status CheckFree(const std::string& name) const override;
  absl::StatusOr<v1::Model> Get(const std::string& name) const override;
  Page<v1::Model> List(const PageRequest& page) const override;
  absl::Status Delete(const std::string& name) override;
  absl::StatusOr<PinnedModel> Pin(const std::string& name) override;
  absl::StatusOr<v1::ModelVersion> Publish(const std::string& model, const std::string& run,
                                           const v1::EpochReport& epoch, core::Network network,
                                           Reservation memory) override;
  absl::StatusOr<std::shared_ptr<const ModelVersion>> GetVersion(
      const ModelReference& reference) const override;

 private:
  struct Entry {
    v1::Model model;
    Reservation memory;
    std::vector<std::shared_ptr<const ModelVersion>> versions;  // [n - 1]
    std::shared_ptr<int> pins = std::make_shared<int>(0);  // Counted by its owners; one is this.
  };

  const Entry* Find(const std::string& name) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  MemoryBudget* const budget_;
  mutable Mutex mutex_;
  std::map<std::string, Entry> models_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace fnn::server

#endif  // FNN_SERVER_STORE_MEMORY_MODEL_STORE_H_
