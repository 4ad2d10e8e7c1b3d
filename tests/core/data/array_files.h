// Files that tests/core/data/arrays.py made, what to read them into, and gzip.

#ifndef FNN_TESTS_CORE_DATA_ARRAY_FILES_H_
#define FNN_TESTS_CORE_DATA_ARRAY_FILES_H_

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/data/table.h"
#include "core/data/table_sink.h"
#include "fnn/v1/dataset.pb.h"

namespace fnn::core {

// The cells of a committed file of tests/core/data/, without its header.
std::vector<std::vector<std::string>> ReadDataRows(absl::string_view file);

// A row of arrays.csv.
struct ArrayFile {
  std::string name;  // Begins with the format: idx, npy or npz.
  std::string bytes;
  std::vector<std::string> columns;
  std::vector<float> values;  // Row-major.
};
std::vector<ArrayFile> ReadArrayFiles();
// The one of that name.
ArrayFile ReadArrayFile(absl::string_view name);

// A row of refused.csv.
struct RefusedFile {
  std::string name;
  std::string reason;
  std::string message;  // A part of it, without commas.
  std::string bytes;
};
std::vector<RefusedFile> ReadRefusedFiles();

// The format that a name begins with.
v1::FileFormat FormatOf(absl::string_view name);

// Keeps tables in memory, and notes what it was asked for.
class MemorySink : public TableSink {
 public:
  explicit MemorySink(int64_t max_bytes = 1'000'000) : max_bytes_(max_bytes) {}

  int64_t max_bytes() const override { return max_bytes_; }
  absl::Status Reserve(int64_t bytes) override {
    reserved = bytes;
    return reserve_gives;
  }
  absl::StatusOr<std::unique_ptr<StorageWriter>> Scratch(int64_t bytes) override {
    scratch += bytes;
    if (!reserve_gives.ok()) return reserve_gives;
    return std::make_unique<MemoryStorageWriter>();
  }
  absl::StatusOr<TableWriter> Begin(std::vector<std::string> names, ElementType type,
                                    int64_t /*rows*/) override {
    ++tables;
    return TableWriter(std::make_unique<MemoryStorageWriter>(), std::move(names), type);
  }

  absl::Status reserve_gives;
  int64_t reserved = 0;
  int64_t scratch = 0;
  int tables = 0;

 private:
  const int64_t max_bytes_;
};

// `text` as one gzip member.
std::string Gzip(absl::string_view text);

}  // namespace fnn::core

#endif  // FNN_TESTS_CORE_DATA_ARRAY_FILES_H_
