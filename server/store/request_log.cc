#include "server/store/request_log.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "fnn/storage/v1/request_record.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "server/base/timestamp.h"
#include "server/store/record.h"

namespace fnn::server {
namespace {

constexpr size_t kMostIdCharacters = 64;
// What an entry takes beside its texts, about.
constexpr int64_t kOverhead = 512;
// Records are forgotten in commits of so many.
constexpr size_t kMostSwept = 1000;

bool IsRequestId(absl::string_view id) {
  return id.size() <= kMostIdCharacters && std::all_of(id.begin(), id.end(), [](char c) {
           return absl::ascii_isalnum(c) || c == '-' || c == '_';
         });
}

}  // namespace

std::string RequestDigest(const google::protobuf::Message& request) {
  const std::unique_ptr<google::protobuf::Message> content(request.New());
  content->CopyFrom(request);
  if (const auto* id = content->GetDescriptor()->FindFieldByName("request_id"); id != nullptr) {
    content->GetReflection()->ClearField(content.get(), id);
  }
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    content->SerializeToCodedStream(&coded);
  }
  return core::Digest(std::as_bytes(std::span(bytes)));
}

absl::Status DeletedSince(absl::string_view type, absl::string_view name,
                          absl::string_view request_id) {
  const absl::Status found = core::NotFound(type, name);
  absl::Status status(
      found.code(), absl::StrCat("the request with the id ", core::Echo(request_id), " made ", name,
                                 ", which has been deleted since; to make another, send "
                                 "another request_id"));
  found.ForEachPayload([&status](absl::string_view url, const absl::Cord& payload) {
    status.SetPayload(url, payload);
  });
  return status;
}

// ---- A claim ------------------------------------------------------------------------------------

void RequestClaim::Record(const MadeResource& resource, CatalogueBatch& batch) {
  if (log_ == nullptr) return;
  recorded_ = resource;
  storage::v1::RequestRecord record;
  record.set_digest(digest_);
  record.set_resource(resource.name);
  record.set_uid(resource.uid);
  *record.mutable_time() = ToTimestamp(time_);
  batch.Put(RecordKind::kRequest, key_, record.SerializeAsString());
}

void RequestClaim::Keep() {
  if (log_ != nullptr && recorded_.has_value()) log_->Keep(*this);
}

// ---- The log ------------------------------------------------------------------------------------

absl::StatusOr<std::unique_ptr<RequestLog>> RequestLog::Open(Options options, Catalogue* catalogue,
                                                             MemoryBudget* budget) {
  std::unique_ptr<RequestLog> log(new RequestLog(std::move(options), catalogue, budget));
  absl::Status status = catalogue->ForEachRecord(
      RecordKind::kRequest,
      [&log](absl::string_view key, absl::string_view bytes) { return log->Load(key, bytes); });
  if (!status.ok()) return status;
  return log;
}

absl::Status RequestLog::Load(absl::string_view key, absl::string_view bytes) {
  storage::v1::RequestRecord record;
  if (absl::Status status = ParseRecord(RecordKind::kRequest, key, bytes, record); !status.ok()) {
    return status;
  }
  absl::StatusOr<Reservation> memory = budget_->Reserve(kOverhead);
  if (!memory.ok()) return memory.status();
  Entry entry{.digest = record.digest(),
              .made = {record.resource(), record.uid()},
              .time = FromTimestamp(record.time()),
              .memory = *std::move(memory)};
  MutexLock lock(mutex_);
  entries_.insert_or_assign(std::string(key), std::move(entry));
  return absl::OkStatus();
}

absl::StatusOr<RequestClaim> RequestLog::Claim(absl::string_view method,
                                               const std::string& request_id,
                                               const std::string& digest,
                                               const core::FieldPath& path) {
  RequestClaim claim;
  if (request_id.empty()) return claim;
  if (!IsRequestId(request_id)) {
    return core::InvalidField(
        path, "INVALID_REQUEST_ID",
        absl::StrCat("must be 1 to ", kMostIdCharacters, " letters, digits, '-' and '_', not ",
                     core::Echo(request_id)));
  }
  claim.log_ = this;
  claim.key_ = absl::StrCat(method, "/", request_id);
  claim.digest_ = digest;
  claim.lock_ = KeyedLock(keys_, claim.key_);
  claim.time_ = options_.now();
  {
    MutexLock lock(mutex_);
    const auto it = entries_.find(claim.key_);
    if (it != entries_.end() && !Expired(it->second)) {
      if (it->second.digest != digest) {
        return core::InvalidField(
            path, "REQUEST_ID_REUSED",
            absl::StrCat("another request came with the id ", core::Echo(request_id),
                         "; give each request an id of its own, such as a random UUID"));
      }
      claim.made_ = it->second.made;
      return claim;
    }
  }
  // Before anything is made, so that Keep can't fail.
  absl::StatusOr<Reservation> memory = budget_->Reserve(kOverhead);
  if (!memory.ok()) return memory.status();
  claim.memory_ = *std::move(memory);
  return claim;
}

void RequestLog::Keep(RequestClaim& claim) {
  Entry entry{.digest = claim.digest_,
              .made = *claim.recorded_,
              .time = claim.time_,
              .memory = std::move(claim.memory_)};
  MutexLock lock(mutex_);
  entries_.insert_or_assign(claim.key_, std::move(entry));
}

absl::Status RequestLog::Sweep() {
  for (;;) {
    std::vector<std::string> keys;
    {
      MutexLock lock(mutex_);
      for (const auto& [key, entry] : entries_) {
        if (Expired(entry)) keys.push_back(key);
        if (keys.size() == kMostSwept) break;
      }
    }
    if (keys.empty()) return absl::OkStatus();
    // One at a time under its lock, as a request may just be taking the id anew.
    for (const std::string& key : keys) {
      const KeyedLock held(keys_, key);
      {
        MutexLock lock(mutex_);
        const auto it = entries_.find(key);
        if (it == entries_.end() || !Expired(it->second)) continue;
      }
      CatalogueBatch batch;
      batch.Delete(RecordKind::kRequest, key);
      if (absl::Status status = catalogue_->Commit(batch); !status.ok()) return status;
      MutexLock lock(mutex_);
      entries_.erase(key);
    }
  }
}

}  // namespace fnn::server
