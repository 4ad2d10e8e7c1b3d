// Small files, changed at random, read as another reader reads them, or refused.

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "core/data/csv.h"
#include "gtest/gtest.h"
#include "tests/core/data/array_files.h"
#include "tests/core/data/csv_testing.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

using Record = std::vector<std::string>;

std::string Strip(const std::string& text) {
  const std::string blanks(" \t\r\n\v\f");
  const size_t first = text.find_first_not_of(blanks);
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// The records of a file that is known to be well-formed, a character at a time.
std::vector<Record> Split(std::string text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  std::vector<Record> records(1, {""});
  bool quoted = false;
  bool fresh = true;  // Nothing of the cell has come yet.
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    std::string& cell = records.back().back();
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      cell += text[++i];
    } else if (c == '"' && (quoted || fresh)) {
      quoted = !quoted;
      fresh = false;
    } else if (quoted || (c != ',' && c != '\n' && c != '\r')) {
      cell += c;
      fresh = false;
    } else if (fresh = true; c == ',') {
      records.back().emplace_back();
    } else {
      records.push_back({""});
    }
  }
  for (Record& record : records) {
    std::transform(record.begin(), record.end(), record.begin(), &Strip);
  }
  std::erase_if(records, [](const Record& record) { return record == Record{""}; });
  return records;
}

bool IsNumber(const std::string& text) {
  char* end = nullptr;
  std::strtod(text.c_str(), &end);
  return !text.empty() && end == text.data() + text.size() &&
         text.find_first_of("xX") == std::string::npos;
}

bool IsMissing(const std::string& text) { return text.empty() || text == "NA"; }

struct Shape {
  int64_t rows;
  int64_t columns;
};

Shape Expected(const std::string& text, const v1::Csv& options) {
  std::vector<Record> records = Split(text);
  const size_t width = records.at(0).size();
  if (std::none_of(records[0].begin(), records[0].end(), &IsNumber)) records.erase(records.begin());
  if (options.missing_values() == v1::MISSING_VALUES_DROP_ROW) {
    std::erase_if(records, [](const Record& record) {
      return std::any_of(record.begin(), record.end(), &IsMissing);
    });
  }
  Shape shape{static_cast<int64_t>(records.size()), 0};
  for (size_t c = 0; c < width; ++c) {
    std::set<std::string> values;
    for (const Record& record : records) {
      if (!IsMissing(record.at(c))) values.insert(record.at(c));
    }
    const bool numbers = std::all_of(values.begin(), values.end(), &IsNumber);
    const bool one_hot = options.text_columns() == v1::TEXT_COLUMNS_ONE_HOT && !numbers;
    shape.columns += one_hot ? std::ssize(values) : 1;
  }
  return shape;
}

std::string Mutate(std::string text, std::mt19937& random) {
  constexpr absl::string_view kLikely = ",,,\"\"\n\n\r 019.-+eNAx?=";
  for (int changes = 1 + random() % 4; changes > 0; --changes) {
    const size_t at = random() % (text.size() + 1);
    const char c =
        random() % 10 == 0 ? static_cast<char>(random()) : kLikely[random() % kLikely.size()];
    switch (random() % 4) {
      case 0:
        text.insert(at, 1, c);
        break;
      case 1:
        if (at < text.size()) text[at] = c;
        break;
      case 2:
        text.erase(at, random() % 3);
        break;
      default:  // A part of it once more.
        text.insert(at, text.substr(random() % (text.size() + 1), random() % 8));
    }
  }
  return text;
}

TEST(CsvFuzzTest, ReadsAsAnotherReaderDoesOrRefuses) {
  const std::vector<std::string> seeds = {
      "a,b\n1,2\n3,4\n", "color,n\r\nred,1\r\n\"gre,en\",2\r\nred,NA\r\n",
      "1,NA,x\n2,3,\"y\"\"z\"\n,4,x\n", "a\n1\n\n2.5e3\nNA\n",
      "\xEF\xBB\xBF\"two\nlines\",b,c\n\"1\", 2 ,three\n4,,x\n"};
  const std::vector<std::string> missing = {"", "MISSING_VALUES_DROP_ROW", "MISSING_VALUES_MEAN"};
  const std::vector<std::string> text = {"", "TEXT_COLUMNS_ONE_HOT", "TEXT_COLUMNS_INDEX"};
  std::vector<v1::Csv> options;
  for (const std::string& m : missing) {
    for (const std::string& t : text) {
      options.push_back(CsvOptions("missing_markers: 'NA' " +
                                   (m.empty() ? m : "missing_values: " + m + " ") +
                                   (t.empty() ? t : "text_columns: " + t)));
    }
  }
  std::mt19937 random(5);
  int accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string file = Mutate(seeds[random() % seeds.size()], random);
    const v1::Csv& read_as = options[random() % options.size()];
    MemorySink sink;
    const auto table = ReadCsv(file, read_as, sink, FieldPath("upload"));
    if (!table.ok()) {
      EXPECT_EQ(table.status().code(), absl::StatusCode::kInvalidArgument);
      EXPECT_FALSE(Reason(table.status()).empty());
      continue;
    }
    ++accepted;
    const Shape expected = Expected(file, read_as);
    EXPECT_EQ((*table)->rows(), expected.rows) << file << read_as.ShortDebugString();
    EXPECT_EQ((*table)->columns(), expected.columns) << file << read_as.ShortDebugString();
    for (const float value : Values(**table)) EXPECT_TRUE(std::isfinite(value)) << file;
  }
  EXPECT_GT(accepted, 4'000);
  EXPECT_LT(accepted, 16'000);
}

}  // namespace
}  // namespace fnn::core
