#include "tests/server/storage/power_loss_disk.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "server/storage/file_system.h"

namespace fnn::testing {
namespace {

using server::DirectoryOf;

std::string NameOf(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return std::string(slash == absl::string_view::npos ? path : path.substr(slash + 1));
}

}  // namespace

void PowerLossDisk::SetHook(Hook hook) {
  core::MutexLock lock(mutex_);
  hook_ = std::move(hook);
}

void PowerLossDisk::FailPowerAfter(int64_t operations) {
  core::MutexLock lock(mutex_);
  power_fails_ = static_cast<int64_t>(events_.size()) + operations;
}

bool PowerLossDisk::power_failed() const {
  core::MutexLock lock(mutex_);
  return !power_;
}

std::vector<std::string> PowerLossDisk::events() const {
  core::MutexLock lock(mutex_);
  return events_;
}

int PowerLossDisk::Decide(std::string event) {
  if (!power_) return EIO;
  if (power_fails_ == static_cast<int64_t>(events_.size())) {
    power_ = false;
    return EIO;
  }
  events_.push_back(std::move(event));
  return hook_ ? hook_(events_.back()) : 0;
}

void PowerLossDisk::Crash(std::optional<uint64_t> seed) {
  core::MutexLock lock(mutex_);
  std::mt19937_64 random(seed.value_or(0));
  std::set<Node*> done;
  CrashNode(*root_, seed.has_value() ? &random : nullptr, done);
  hook_ = nullptr;
  power_fails_.reset();
  power_ = true;
  events_.clear();
}

void PowerLossDisk::CrashNode(Node& node, std::mt19937_64* random, std::set<Node*>& done) {
  if (!done.insert(&node).second) return;
  const auto survives = [random] { return random != nullptr && ((*random)() & 1) != 0; };
  // Directories: each change of a name for itself.
  std::map<std::string, NodePointer> entries = node.durable_entries;
  for (const auto& [name, entry] : node.durable_entries) {
    if (!node.entries.contains(name) && survives()) entries.erase(name);
  }
  for (const auto& [name, entry] : node.entries) {
    const auto old = node.durable_entries.find(name);
    if ((old == node.durable_entries.end() || old->second != entry) && survives()) {
      entries[name] = entry;
    }
  }
  node.entries = node.durable_entries = std::move(entries);
  // Files: each sector, or each page, for itself; the length old, new, or what the last that
  // survives makes it.
  std::string bytes = node.durable;
  if (node.now.size() != bytes.size() && survives()) bytes.resize(node.now.size());
  const uint64_t together = survives() ? 1 : 8;
  uint64_t group = ~uint64_t{0};
  bool group_survives = false;
  for (const uint64_t sector : node.unsynced) {
    if (sector / together != group) {
      group = sector / together;
      group_survives = survives();
    }
    const uint64_t start = sector * kSector;
    const uint64_t end = std::min<uint64_t>(start + kSector, node.now.size());
    if (start >= end || !group_survives) continue;
    if (bytes.size() < end) bytes.resize(end);
    bytes.replace(start, end - start, node.now, start, end - start);
  }
  node.unsynced.clear();
  node.now = node.durable = std::move(bytes);
  for (const auto& [name, entry] : node.entries) CrashNode(*entry, random, done);
}

PowerLossDisk::NodePointer PowerLossDisk::Lookup(absl::string_view path) const {
  NodePointer node = root_;
  for (const absl::string_view name : absl::StrSplit(path, '/', absl::SkipEmpty())) {
    const auto found = node->entries.find(std::string(name));
    if (found == node->entries.end()) return nullptr;
    node = found->second;
  }
  return node;
}

int PowerLossDisk::Create(absl::string_view path, bool truncate, NodePointer* file) {
  core::MutexLock lock(mutex_);
  const NodePointer directory = Lookup(DirectoryOf(path));
  if (directory == nullptr) return ENOENT;
  NodePointer& entry = directory->entries[NameOf(path)];
  if (entry != nullptr && !truncate) {
    *file = entry;
    return 0;
  }
  if (const int fate = Decide(absl::StrCat("create ", path)); fate != 0) {
    if (entry == nullptr) directory->entries.erase(NameOf(path));
    return fate == kOmit ? EIO : fate;
  }
  if (entry == nullptr) {
    entry = std::make_shared<Node>();
  } else {
    Resize(*entry, 0);
  }
  *file = entry;
  return 0;
}

int PowerLossDisk::Find(absl::string_view path, NodePointer* node) const {
  core::MutexLock lock(mutex_);
  if (!power_) return EIO;
  *node = Lookup(path);
  return *node == nullptr ? ENOENT : 0;
}

int PowerLossDisk::Read(const NodePointer& file, uint64_t offset, std::span<std::byte> out,
                        size_t* size) const {
  core::MutexLock lock(mutex_);
  if (!power_) return EIO;
  const std::string& bytes = file->now;
  *size = std::min<uint64_t>(out.size(), bytes.size() - std::min<uint64_t>(offset, bytes.size()));
  if (*size > 0) std::memcpy(out.data(), bytes.data() + offset, *size);
  return 0;
}

void PowerLossDisk::Resize(Node& file, uint64_t size) {
  const auto [from, to] = std::minmax({uint64_t{file.now.size()}, size});
  for (uint64_t sector = from / kSector; sector * kSector < to; ++sector) {
    file.unsynced.insert(sector);
  }
  file.now.resize(size);
}

int PowerLossDisk::Write(const NodePointer& file, absl::string_view by, uint64_t offset,
                         std::span<const std::byte> bytes) {
  core::MutexLock lock(mutex_);
  const int fate = Decide(absl::StrCat("write ", by));
  if (fate == kOmit) return 0;
  if (fate != 0) bytes = power_ ? bytes.first(bytes.size() / 2) : bytes.first(0);
  if (!bytes.empty()) {
    const uint64_t end = offset + bytes.size();
    if (file->now.size() < end) Resize(*file, end);
    std::memcpy(file->now.data() + offset, bytes.data(), bytes.size());
    for (uint64_t sector = offset / kSector; sector * kSector < end; ++sector) {
      file->unsynced.insert(sector);
    }
  }
  return fate;
}

int PowerLossDisk::Truncate(const NodePointer& file, absl::string_view by, uint64_t size) {
  core::MutexLock lock(mutex_);
  const int fate = Decide(absl::StrCat("truncate ", by));
  if (fate == 0) Resize(*file, size);
  return fate == kOmit ? 0 : fate;
}

int PowerLossDisk::Sync(const NodePointer& file, absl::string_view by) {
  core::MutexLock lock(mutex_);
  const int fate = Decide(absl::StrCat("sync ", by));
  if (!power_) return fate;
  if (fate == kOmit) return 0;
  if (fate == 0) {
    file->durable.resize(file->now.size());
    for (const uint64_t sector : file->unsynced) {
      const uint64_t start = sector * kSector;
      if (start >= file->now.size()) continue;
      const uint64_t size = std::min<uint64_t>(kSector, file->now.size() - start);
      file->durable.replace(start, size, file->now, start, size);
    }
  }
  file->unsynced.clear();
  return fate;
}

uint64_t PowerLossDisk::Size(const NodePointer& file) const {
  core::MutexLock lock(mutex_);
  return file->now.size();
}

std::set<uint64_t> PowerLossDisk::Unsynced(const NodePointer& file) const {
  core::MutexLock lock(mutex_);
  return file->unsynced;
}

int PowerLossDisk::Rename(absl::string_view from, absl::string_view to) {
  core::MutexLock lock(mutex_);
  const NodePointer node = Lookup(from);
  const NodePointer directory = Lookup(DirectoryOf(to));
  if (node == nullptr || directory == nullptr) return ENOENT;
  const int fate = Decide(absl::StrCat("rename ", from));
  if (fate != 0) return fate == kOmit ? 0 : fate;
  Lookup(DirectoryOf(from))->entries.erase(NameOf(from));
  directory->entries[NameOf(to)] = node;
  return 0;
}

int PowerLossDisk::Remove(absl::string_view path) {
  core::MutexLock lock(mutex_);
  if (Lookup(path) == nullptr) return ENOENT;
  const int fate = Decide(absl::StrCat("remove ", path));
  if (fate != 0) return fate == kOmit ? 0 : fate;
  Lookup(DirectoryOf(path))->entries.erase(NameOf(path));
  return 0;
}

int PowerLossDisk::MakeDirectory(absl::string_view path) {
  core::MutexLock lock(mutex_);
  if (Lookup(path) != nullptr) return EEXIST;
  const NodePointer parent = Lookup(DirectoryOf(path));
  if (parent == nullptr) return ENOENT;
  const int fate = Decide(absl::StrCat("make directory ", path));
  if (fate != 0) return fate == kOmit ? 0 : fate;
  auto directory = std::make_shared<Node>();
  directory->directory = true;
  parent->entries[NameOf(path)] = directory;
  return 0;
}

int PowerLossDisk::SyncDirectory(absl::string_view path, absl::string_view by) {
  core::MutexLock lock(mutex_);
  const NodePointer directory = Lookup(path);
  if (directory == nullptr) return ENOENT;
  const int fate = Decide(absl::StrCat("sync directory ", by));
  if (fate == 0) directory->durable_entries = directory->entries;
  return fate == kOmit ? 0 : fate;
}

int PowerLossDisk::List(absl::string_view path, std::vector<std::string>* names) const {
  core::MutexLock lock(mutex_);
  if (!power_) return EIO;
  const NodePointer directory = Lookup(path);
  if (directory == nullptr) return ENOENT;
  for (const auto& [name, entry] : directory->entries) names->push_back(name);
  return 0;
}

std::string PowerLossDisk::Contents(absl::string_view path) const {
  core::MutexLock lock(mutex_);
  const NodePointer node = Lookup(path);
  if (node == nullptr) {
    ADD_FAILURE() << "there is no " << path;
    return "";
  }
  return node->now;
}

void PowerLossDisk::SetContents(absl::string_view path, std::string bytes) {
  core::MutexLock lock(mutex_);
  const NodePointer directory = Lookup(DirectoryOf(path));
  ASSERT_NE(directory, nullptr) << "there is no directory for " << path;
  NodePointer& node = directory->entries[NameOf(path)];
  if (node == nullptr) node = std::make_shared<Node>();
  directory->durable_entries[NameOf(path)] = node;
  node->unsynced.clear();
  node->now = node->durable = std::move(bytes);
}

}  // namespace fnn::testing
