#ifndef FNN_CLIENT_CLI_COLUMN_CHOICE_H_
#define FNN_CLIENT_CLI_COLUMN_CHOICE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/data_args.h"

namespace fnn::cli {

// Places of columns, from 0.
struct ColumnChoice {
  std::vector<size_t> features;
  std::vector<size_t> targets;
};

// What a binding means for columns of these names, where no column is a target unless it is said to
// be. A column that does not exist is a usage error.
absl::StatusOr<ColumnChoice> ChooseColumns(const std::vector<std::string>& names,
                                           const BindingArgs& binding);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_COLUMN_CHOICE_H_
