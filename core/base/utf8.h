// UTF-8, which every string of a message must be.

#ifndef FNN_CORE_BASE_UTF8_H_
#define FNN_CORE_BASE_UTF8_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace fnn::core {

// Whether `text` is well-formed (Unicode 15, table 3-7): nothing overlong, no surrogates, nothing
// above U+10FFFF.
bool IsUtf8(absl::string_view text);

// The first `most` bytes of `text`, or a few less so that no character is cut in two.
absl::string_view CutUtf8(absl::string_view text, size_t most);

}  // namespace fnn::core

#endif  // FNN_CORE_BASE_UTF8_H_
