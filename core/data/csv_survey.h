// What a text of comma-separated values will be as a table, found by going through it before the
// table is made.

#ifndef FNN_CORE_DATA_CSV_SURVEY_H_
#define FNN_CORE_DATA_CSV_SURVEY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/errors.h"
#include "core/data/element.h"
#include "core/data/table_sink.h"
#include "fnn/v1/dataset.pb.h"

namespace fnn::core {

// A column of the text.
struct CsvColumn {
  std::string name;
  // Of text: its values, in order; none: its cells are numbers.
  std::vector<std::string> categories;
  // What stands for a missing value: a number, or the place of one of the categories.
  float fill = 0;
};

struct CsvSurvey {
  std::vector<CsvColumn> columns;
  int64_t rows = 0;  // Those that the table will have, at least one.
  // What holds every number, every fill and every place of a category.
  ElementType type = ElementType::kUint8;
};

// `options` have been validated. Reserves of `sink` what reading takes, before it is taken.
// INVALID_ARGUMENT for `path` as CsvRows, and names the column that has no value at all, a value
// that is not finite, or too much text.
absl::StatusOr<CsvSurvey> SurveyCsv(absl::string_view text, const v1::Csv& options, TableSink& sink,
                                    const FieldPath& path);

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_CSV_SURVEY_H_
