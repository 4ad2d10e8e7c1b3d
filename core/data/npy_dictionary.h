// The dictionary in the header of an NPY file.

#ifndef FNN_CORE_DATA_NPY_DICTIONARY_H_
#define FNN_CORE_DATA_NPY_DICTIONARY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace fnn::core {

// As it stands there, not yet judged.
struct NpyDictionary {
  std::string type;  // Such as `<f4`; empty for a structured one.
  bool fortran_order = false;
  std::vector<int64_t> shape;  // Each >= 0; one that is more than INT64_MAX is INT64_MAX.
};

// Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`: the three keys once each in
// any order. Nothing where it is anything else. What is read of a structured type, a list, is only
// that it is one: the rest is not looked at then.
std::optional<NpyDictionary> ParseNpyDictionary(absl::string_view text);

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_NPY_DICTIONARY_H_
