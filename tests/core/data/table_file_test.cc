#include "core/data/table_file.h"

#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/data/array_files.h"
#include "tests/core/testing.h"
#include "tests/status_matchers.h"

namespace fnn::core {
namespace {

using fnn::testing::HasReason;
using fnn::testing::IsOk;
using fnn::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<std::shared_ptr<const Table>> Read(absl::string_view bytes,
                                                  const v1::FileFormat& format = {}) {
  MemorySink sink;
  return ReadTableFile(bytes, format, sink, FieldPath("upload"));
}

TEST(TableFileTest, ReadsWhatNumPyReads) {
  for (const ArrayFile& file : ReadArrayFiles()) {
    SCOPED_TRACE(file.name);
    for (const v1::FileFormat& format : {v1::FileFormat(), FormatOf(file.name)}) {
      MemorySink sink;
      const auto table = ReadTableFile(file.bytes, format, sink, FieldPath("upload"));
      ASSERT_THAT(table, IsOk());
      EXPECT_EQ((*table)->names(), file.columns);
      EXPECT_EQ(Values(**table), file.values);
      const auto expected = Table::Create(file.columns, file.values);
      EXPECT_EQ((*table)->type(), expected->type());
      EXPECT_EQ((*table)->digest(), expected->digest());
      EXPECT_EQ(sink.tables, 1);
      EXPECT_GT(sink.reserved, 0);
    }
  }
}

TEST(TableFileTest, ReadsTheArraysOfAnArchiveThatAreAskedFor) {
  const ArrayFile file = ReadArrayFile("npz-deflated");
  v1::FileFormat format;
  format.mutable_npz()->add_arrays("y");
  EXPECT_THAT(Read(file.bytes, format).value()->names(), ElementsAre("y"));
  format.mutable_npz()->add_arrays("x");
  EXPECT_THAT(Read(file.bytes, format).value()->names(), ElementsAre("y", "x_0", "x_1", "x_2"));
  format.mutable_npz()->add_arrays("z");
  EXPECT_THAT(Read(file.bytes, format), HasReason("ARRAY_NOT_FOUND"));
}

TEST(TableFileTest, WhatHasNoOtherFormatIsCsv) {
  for (const std::string text : {"a,b\n1,2\n3,4\n", "a,b\r\n1,2\r\n3,4"}) {
    for (const std::string& bytes :
         {text, Gzip(text), Gzip(text.substr(0, 5)) + Gzip(text.substr(5))}) {
      for (const v1::FileFormat& format : {v1::FileFormat(), FormatOf("csv")}) {
        const auto table = Read(bytes, format);
        ASSERT_THAT(table, IsOk());
        EXPECT_THAT((*table)->names(), ElementsAre("a", "b"));
        EXPECT_THAT(Values(**table), ElementsAre(1, 2, 3, 4));
      }
    }
  }
  EXPECT_THAT(Read(""), HasReason("EMPTY"));
}

TEST(TableFileTest, AnIdxFileOfAnUnknownTypeIsNoCsv) {
  const std::string bytes{0, 0, 7, 1, 0, 0, 0, 1, 5};
  EXPECT_THAT(Read(bytes), HasReason("UNSUPPORTED_TYPE"));
  EXPECT_THAT(Read(Gzip(bytes)), HasReason("UNSUPPORTED_TYPE"));
}

TEST(TableFileTest, TextOfCsvIsDecompressedToo) {
  v1::FileFormat format;
  format.mutable_csv()->set_text_columns(v1::TEXT_COLUMNS_INDEX);
  const std::string text = "a,b\nred,2\nblue,4\n";
  for (const std::string& bytes : {text, Gzip(text)}) {
    const auto table = Read(bytes, format);
    ASSERT_THAT(table, IsOk());
    EXPECT_THAT(Values(**table), ElementsAre(1, 2, 0, 4));
    EXPECT_THAT((*table)->categories(0), ElementsAre("blue", "red"));
  }
}

TEST(TableFileTest, NothingIsNoArray) {
  for (const char* name : {"idx", "npy", "npz"}) {
    EXPECT_THAT(Read("", FormatOf(name)), HasReason("EMPTY")) << name;
  }
}

TEST(TableFileTest, RefusesWithAReason) {
  for (const RefusedFile& file : ReadRefusedFiles()) {
    SCOPED_TRACE(file.name);
    MemorySink sink;
    const auto table = ReadTableFile(file.bytes, FormatOf(file.name), sink, FieldPath("upload"));
    ASSERT_FALSE(table.ok());
    EXPECT_EQ(Reason(table.status()), file.reason);
    EXPECT_THAT(absl::StrReplaceAll(table.status().message(), {{",", ""}}),
                HasSubstr(file.message));
    EXPECT_THAT(table,
                StatusIs(file.reason == "DATASET_TOO_LARGE" ? absl::StatusCode::kResourceExhausted
                                                            : absl::StatusCode::kInvalidArgument));
    EXPECT_EQ(sink.tables, 0);
    EXPECT_LT(SizeOnTheWire(table.status()), 4096);
  }
}

// Of a file in another format than was said, the first bytes are at fault.
TEST(TableFileTest, RefusesAnotherFormat) {
  for (const char* name : {"idx-u1", "npy-little-f4", "npz-stored"}) {
    const ArrayFile file = ReadArrayFile(name);
    for (const char* other : {"idx", "npy", "npz", "csv"}) {
      if (absl::StartsWith(name, other)) continue;
      EXPECT_THAT(Read(file.bytes, FormatOf(other)), StatusIs(absl::StatusCode::kInvalidArgument))
          << name << " as " << other;
    }
  }
}

// What has to be at hand whole may be more than the memory holds.
TEST(TableFileTest, PutsIntoScratchWhatItCantReadInOrder) {
  for (const auto& [bytes, scratch] : std::vector<std::pair<std::string, int64_t>>{
           {"1,2\n3,4\n", 0},
           {Gzip("1,2\n3,4\n") + Gzip("5,6\n"), 12},
           {ReadArrayFile("npz-deflated").bytes, 0},
           {ReadArrayFile("npy-fortran-2x3x2").bytes, -1}}) {
    MemorySink sink;
    ASSERT_THAT(ReadTableFile(bytes, {}, sink, FieldPath("upload")), IsOk());
    if (scratch >= 0) {
      EXPECT_EQ(sink.scratch, scratch);
    } else {
      EXPECT_GT(sink.scratch, 0);
    }
  }
}

TEST(TableFileTest, StopsWhereThereIsNoMemory) {
  for (const std::string& bytes :
       {ReadArrayFile("npz-stored").bytes, ReadArrayFile("idx-gzip").bytes, Gzip("1,2\n3,4\n"),
        std::string("1,2\n3,4\n")}) {
    MemorySink sink;
    sink.reserve_gives = absl::ResourceExhaustedError("no memory");
    EXPECT_EQ(ReadTableFile(bytes, {}, sink, FieldPath("upload")).status(), sink.reserve_gives);
    EXPECT_EQ(sink.tables, 0);
  }
}

// Whatever becomes of a file on its way, reading ends with a table or with a status.
TEST(TableFileTest, TakesNothingOnTrust) {
  for (const ArrayFile& file : ReadArrayFiles()) {
    SCOPED_TRACE(file.name);
    const v1::FileFormat format = FormatOf(file.name);
    for (size_t size = 0; size < file.bytes.size(); ++size) {
      const auto table = Read(file.bytes.substr(0, size), format);
      // What is cut off between two arrays is whole.
      if (table.ok()) {
        EXPECT_LT((*table)->columns(), static_cast<int64_t>(file.columns.size())) << size;
      }
    }
    for (size_t at = 0; at < file.bytes.size(); ++at) {
      for (const int mask : {0x01, 0x80, 0xFF}) {
        std::string bytes = file.bytes;
        bytes[at] = static_cast<char>(bytes[at] ^ mask);
        for (const v1::FileFormat& read_as : {format, v1::FileFormat()}) {
          const auto table = Read(bytes, read_as);
          if (!table.ok()) continue;
          for (const float value : Values(**table)) EXPECT_TRUE(std::isfinite(value)) << at;
        }
      }
    }
  }
}

TEST(ValidateFileFormatTest, ChecksTheOptions) {
  v1::FileFormat format;
  EXPECT_THAT(ValidateFileFormat(format, FieldPath("format")), IsOk());
  format.mutable_csv()->set_delimiter("ab");
  format.mutable_csv()->add_missing_markers("7");
  EXPECT_THAT(
      Faults(ValidateFileFormat(format, FieldPath("format"))),
      ElementsAre("format.csv.delimiter INVALID", "format.csv.missing_markers[0] WRONG_MARKER"));
  for (const char* name : {"x", "", "x", "y"}) format.mutable_npz()->add_arrays(name);
  format.mutable_npz()->add_arrays(std::string(129, 'x'));
  EXPECT_THAT(Faults(ValidateFileFormat(format, FieldPath("format"))),
              ElementsAre("format.npz.arrays[1] WRONG_NAME", "format.npz.arrays[2] DUPLICATE_ARRAY",
                          "format.npz.arrays[4] WRONG_NAME"));
  for (int i = 0; i < 257; ++i) format.mutable_npz()->add_arrays(absl::StrCat(i));
  EXPECT_THAT(Faults(ValidateFileFormat(format, FieldPath("format"))),
              ElementsAre("format.npz.arrays TOO_MANY_ARRAYS"));
}

}  // namespace
}  // namespace fnn::core
