// What the contract can name and the engine can do, as messages. All of it is read off the operator
// tables, the contract's descriptors and its comments: a new operator is in it by itself.

#ifndef FNN_CORE_ANALYSIS_CATALOGUE_H_
#define FNN_CORE_ANALYSIS_CATALOGUE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "fnn/v1/analysis_service.pb.h"
#include "fnn/v1/operator.pb.h"

namespace fnn::core {

// Every operator, kind by kind. Made by the first call; any thread may call.
const std::vector<v1::Operator>& Catalogue();

// Those of the kind that is asked for, or all. INVALID_ARGUMENT for a kind that there is not.
absl::StatusOr<v1::ListOperatorsResponse> ListOperators(const v1::ListOperatorsRequest& request);

}  // namespace fnn::core

#endif  // FNN_CORE_ANALYSIS_CATALOGUE_H_
