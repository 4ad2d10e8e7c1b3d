// Addresses to listen at.

#ifndef FNN_SERVER_EDGE_LISTEN_H_
#define FNN_SERVER_EDGE_LISTEN_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace fnn::server {

struct ListenAddress {
  std::string host;  // Without brackets.
  int port = 0;

  // HOST:PORT, with brackets around an IPv6 address.
  std::string str() const;
};

// Reads HOST:PORT, the port 0 to 65535 and an IPv6 host in brackets. INVALID_ARGUMENT.
absl::StatusOr<ListenAddress> ParseListenAddress(absl::string_view text);

// Whether only this machine can reach `host`: 127.0.0.0/8, ::1, or localhost.
bool IsLoopback(absl::string_view host);

}  // namespace fnn::server

#endif  // FNN_SERVER_EDGE_LISTEN_H_
