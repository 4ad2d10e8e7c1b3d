#ifndef FNN_CLIENT_SRC_FORM_SUGGESTION_H_
#define FNN_CLIENT_SRC_FORM_SUGGESTION_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace fnn::form {

// The name closest to the word, where one is close: `; did you mean 'relu'?`, else `.`.
std::string Suggestion(absl::string_view word, const std::vector<std::string>& names);

}  // namespace fnn::form

#endif  // FNN_CLIENT_SRC_FORM_SUGGESTION_H_
