// A disk in memory that can lose its power, fill up, and fail.
//
// It keeps what has been written beside what would be there after a power failure: of a file the
// sectors that were synced, of a directory the names. PowerLossFileSystem and PowerLossVfs are two
// ways to the same disk.
//
// Each operation that changes something is an event, with a name: "write runs/1.log", "sync
// runs/1.log", "rename runs/1.log.tmp", "sync directory runs". A hook decides what becomes of it.

#ifndef FNN_TESTS_SERVER_STORAGE_POWER_LOSS_DISK_H_
#define FNN_TESTS_SERVER_STORAGE_POWER_LOSS_DISK_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "core/base/mutex.h"

namespace fnn::testing {

// Operations answer 0 or an errno. Safe from any thread.
class PowerLossDisk {
 public:
  static constexpr uint64_t kSector = 512;

  // A file, or a directory.
  struct Node {
    std::string now, durable;
    std::set<uint64_t> unsynced;  // Sectors.
    bool directory = false;
    std::map<std::string, std::shared_ptr<Node>> entries, durable_entries;
  };
  using NodePointer = std::shared_ptr<Node>;

  // 0 does the operation, kOmit says that it was done, and an errno that it failed: a write half
  // done, and a sync with what it should have written lost, as on Linux.
  static constexpr int kOmit = -1;
  using Hook = std::function<int(const std::string& event)>;
  // Not called in parallel, and must not use the disk.
  void SetHook(Hook hook);
  // The power fails in place of the operation that comes after `operations` others.
  void FailPowerAfter(int64_t operations);
  // Whether it has.
  bool power_failed() const;
  // The operations since the beginning or the last Crash.
  std::vector<std::string> events() const;

  // Power failure and return. All that was not synced is gone; with a seed, a random part of it.
  // What is open must have been closed. Hooks are taken off.
  void Crash(std::optional<uint64_t> seed = std::nullopt);

  // `by` names the event's file.
  int Create(absl::string_view path, bool truncate, NodePointer* file);
  int Find(absl::string_view path, NodePointer* node) const;
  int Read(const NodePointer& file, uint64_t offset, std::span<std::byte> out, size_t* size) const;
  int Write(const NodePointer& file, absl::string_view by, uint64_t offset,
            std::span<const std::byte> bytes);
  int Truncate(const NodePointer& file, absl::string_view by, uint64_t size);
  int Sync(const NodePointer& file, absl::string_view by);
  uint64_t Size(const NodePointer& file) const;
  std::set<uint64_t> Unsynced(const NodePointer& file) const;
  int Rename(absl::string_view from, absl::string_view to);
  int Remove(absl::string_view path);
  int MakeDirectory(absl::string_view path);
  int SyncDirectory(absl::string_view path, absl::string_view by);
  int List(absl::string_view path, std::vector<std::string>* names) const;

  // The bytes of a file, which must be there; setting them makes them durable, and no event.
  std::string Contents(absl::string_view path) const;
  void SetContents(absl::string_view path, std::string bytes);

 private:
  int Decide(std::string event) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  NodePointer Lookup(absl::string_view path) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  static void Resize(Node& file, uint64_t size);
  static void CrashNode(Node& node, std::mt19937_64* random, std::set<Node*>& done);

  mutable core::Mutex mutex_;
  Hook hook_ ABSL_GUARDED_BY(mutex_);
  std::optional<int64_t> power_fails_ ABSL_GUARDED_BY(mutex_);
  bool power_ ABSL_GUARDED_BY(mutex_) = true;
  std::vector<std::string> events_ ABSL_GUARDED_BY(mutex_);
  NodePointer root_ ABSL_GUARDED_BY(mutex_) = [] {
    auto root = std::make_shared<Node>();
    root->directory = true;
    return root;
  }();
};

}  // namespace fnn::testing

#endif  // FNN_TESTS_SERVER_STORAGE_POWER_LOSS_DISK_H_
