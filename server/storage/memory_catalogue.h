// A catalogue that lasts as long as its process.

#ifndef FNN_SERVER_STORAGE_MEMORY_CATALOGUE_H_
#define FNN_SERVER_STORAGE_MEMORY_CATALOGUE_H_

#include <map>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "core/base/mutex.h"
#include "server/storage/catalogue.h"

namespace fnn::server {

class MemoryCatalogue final : public Catalogue {
 public:
  absl::Status Commit(const CatalogueBatch& batch) override;
  absl::Status ForEachRecord(RecordKind kind, RecordFunction function) const override;

 private:
  mutable core::Mutex mutex_;
  std::map<std::pair<RecordKind, std::string>, std::string> records_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace fnn::server

#endif  // FNN_SERVER_STORAGE_MEMORY_CATALOGUE_H_
