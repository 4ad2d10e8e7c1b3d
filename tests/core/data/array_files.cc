#include "tests/core/data/array_files.h"

#include <zlib.h>

#include <fstream>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"

namespace fnn::core {

std::vector<std::vector<std::string>> ReadDataRows(absl::string_view file) {
  std::ifstream in(absl::StrCat(FNN_SOURCE_DIR, "/tests/core/data/", file));
  std::vector<std::vector<std::string>> rows;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) rows.push_back(absl::StrSplit(line, ','));
  EXPECT_FALSE(rows.empty()) << file;
  return rows;
}

std::vector<ArrayFile> ReadArrayFiles() {
  std::vector<ArrayFile> files;
  for (const std::vector<std::string>& cells : ReadDataRows("arrays.csv")) {
    ArrayFile& file = files.emplace_back();
    file.name = cells.at(0);
    file.columns = absl::StrSplit(cells.at(1), ' ');
    file.bytes = absl::HexStringToBytes(cells.at(2));
    for (const absl::string_view value : absl::StrSplit(cells.at(3), ' ')) {
      EXPECT_TRUE(absl::SimpleAtof(value, &file.values.emplace_back())) << value;
    }
  }
  return files;
}

ArrayFile ReadArrayFile(absl::string_view name) {
  for (ArrayFile& file : ReadArrayFiles()) {
    if (file.name == name) return std::move(file);
  }
  ADD_FAILURE() << "there is no file " << name;
  return {};
}

std::vector<RefusedFile> ReadRefusedFiles() {
  std::vector<RefusedFile> files;
  for (const std::vector<std::string>& cells : ReadDataRows("refused.csv")) {
    files.push_back({cells.at(0), cells.at(1), cells.at(2), absl::HexStringToBytes(cells.at(3))});
  }
  return files;
}

v1::FileFormat FormatOf(absl::string_view name) {
  v1::FileFormat format;
  if (absl::StartsWith(name, "idx")) {
    format.mutable_idx();
  } else if (absl::StartsWith(name, "npy")) {
    format.mutable_npy();
  } else if (absl::StartsWith(name, "npz")) {
    format.mutable_npz();
  } else {
    format.mutable_csv();
  }
  return format;
}

std::string Gzip(absl::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace fnn::core
