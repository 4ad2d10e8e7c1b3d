// Which requests have been answered, so that repeating one is safe.
//
//   absl::StatusOr<RequestClaim> claim =
//       requests->Claim("CreateModel", request.request_id(), RequestDigest(request), path);
//   if (!claim.ok()) return claim.status();
//   if (claim->made().has_value()) return Get(claim->made()->name);   // Answered before.
//   CatalogueBatch batch;
//   batch.Put(...);                          // The resource, and in the same commit
//   claim->Record({name, uid}, batch);       // the record that it is made.
//   if (absl::Status status = catalogue->Commit(batch); !status.ok()) return status;
//   claim->Keep();

#ifndef FNN_SERVER_STORE_REQUEST_LOG_H_
#define FNN_SERVER_STORE_REQUEST_LOG_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "core/base/errors.h"
#include "google/protobuf/message.h"
#include "server/base/keyed_mutex.h"
#include "server/base/memory_budget.h"
#include "server/base/mutex.h"
#include "server/storage/catalogue.h"

namespace fnn::server {

// What a request made.
struct MadeResource {
  std::string name;
  std::string uid;  // Empty where names are never used again.
};

// The digest of all of `request` but its field request_id.
std::string RequestDigest(const google::protobuf::Message& request);

// NOT_FOUND of the resource that the request of this id made: it has been deleted since. `type` is
// a message's full name, such as fnn.v1.Model.
absl::Status DeletedSince(absl::string_view type, absl::string_view name,
                          absl::string_view request_id);

class RequestLog;

// One request under way. While it lives, others with the same id wait. The log outlives it.
class RequestClaim {
 public:
  RequestClaim() = default;  // Of a request without an id: Record and Keep do nothing.

  // What the first request with this id and content made; none: this is the first.
  const std::optional<MadeResource>& made() const { return made_; }

  // Adds to `batch` the record that this request made `resource`.
  void Record(const MadeResource& resource, CatalogueBatch& batch);
  // The batch was committed.
  void Keep();

 private:
  friend class RequestLog;

  RequestLog* log_ = nullptr;
  KeyedLock lock_;
  std::string key_, digest_;
  Reservation memory_;
  std::optional<MadeResource> made_;
  std::optional<MadeResource> recorded_;
  absl::Time time_;
};

// Safe from any thread.
class RequestLog {
 public:
  struct Options {
    absl::Duration lifetime = absl::Hours(24);
    std::function<absl::Time()> now = [] { return absl::Now(); };
  };

  // Loads what `catalogue` has. It and `budget`, which accounts for the records, outlive the log.
  // RESOURCE_EXHAUSTED; DATA_LOSS where a record is damaged.
  static absl::StatusOr<std::unique_ptr<RequestLog>> Open(Options options, Catalogue* catalogue,
                                                          MemoryBudget* budget);

  // Claims `request_id` of `method`, a name; waits while another holds it. `digest` is of the
  // request's content. An empty id claims nothing. INVALID_ARGUMENT at `path`: INVALID_REQUEST_ID,
  // or REQUEST_ID_REUSED where the id came with another content before. RESOURCE_EXHAUSTED.
  absl::StatusOr<RequestClaim> Claim(absl::string_view method, const std::string& request_id,
                                     const std::string& digest, const core::FieldPath& path);

  // Forgets what is older than the lifetime. Something has to call this now and then.
  absl::Status Sweep();

 private:
  friend class RequestClaim;
  struct Entry {
    std::string digest;
    MadeResource made;
    absl::Time time;
    Reservation memory;
  };

  RequestLog(Options options, Catalogue* catalogue, MemoryBudget* budget)
      : options_(std::move(options)), catalogue_(catalogue), budget_(budget) {}
  absl::Status Load(absl::string_view key, absl::string_view bytes);
  bool Expired(const Entry& entry) const { return options_.now() - entry.time > options_.lifetime; }
  void Keep(RequestClaim& claim);

  const Options options_;
  Catalogue* const catalogue_;
  MemoryBudget* const budget_;
  KeyedMutex keys_;  // Of what is claimed; taken before mutex_.
  Mutex mutex_;
  std::map<std::string, Entry> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace fnn::server

#endif  // FNN_SERVER_STORE_REQUEST_LOG_H_
