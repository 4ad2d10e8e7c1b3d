// The numbers of a text of comma-separated values.

#ifndef FNN_CORE_DATA_CSV_NUMBER_H_
#define FNN_CORE_DATA_CSV_NUMBER_H_

#include <optional>

#include "absl/strings/string_view.h"

namespace fnn::core {

// The decimal number that `text` is, to the nearest float, with no blanks around it; nothing where
// it is none. `nan` and `inf` are numbers here, and what is too large for a float comes back
// infinite.
std::optional<float> ParseCsvNumber(absl::string_view text);

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_CSV_NUMBER_H_
