#ifndef FNN_CLIENT_CLI_MODEL_NAME_H_
#define FNN_CLIENT_CLI_MODEL_NAME_H_

#include <string>

#include "absl/strings/string_view.h"

namespace fnn::cli {

// The name of a model or one of its versions. `m` and `models/m` are the model, `m@3` and
// `models/m@3` are `models/m/versions/3`, `m@best` is `models/m/aliases/best`; what has more of a
// path stays as it is.
std::string ModelVersionName(absl::string_view text);

// Whether a name is that of a version, by its number or an alias, and not the model's.
bool NamesVersion(absl::string_view name);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_MODEL_NAME_H_
