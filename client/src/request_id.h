#ifndef FNN_CLIENT_SRC_REQUEST_ID_H_
#define FNN_CLIENT_SRC_REQUEST_ID_H_

#include <string>

namespace fnn::internal {

// A random UUID (version 4): what makes a request that is repeated the same request.
std::string NewRequestId();

// Gives a request an id of its own unless it has one, or keeps nothing anyway.
template <typename Request>
void SetRequestId(Request& request) {
  if constexpr (requires { request.validate_only(); }) {
    if (request.validate_only()) return;
  }
  if (request.request_id().empty()) request.set_request_id(NewRequestId());
}

}  // namespace fnn::internal

#endif  // FNN_CLIENT_SRC_REQUEST_ID_H_
