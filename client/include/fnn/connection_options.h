#ifndef FNN_CONNECTION_OPTIONS_H_
#define FNN_CONNECTION_OPTIONS_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"

namespace fnn {

// How a connection to a server behaves. The defaults suit a server on the same machine and one
// across a network alike.
struct ConnectionOptions {
  // How long a call that answers once may take, > 0. Streams have no deadline: keepalive finds out
  // when the other side is gone.
  absl::Duration call_timeout = absl::Seconds(60);

  // The same for FinishUpload, in which the server reads the whole file.
  absl::Duration finish_upload_timeout = absl::Minutes(10);

  // The largest message that is taken from the server, in bytes, > 0. gRPC's own default of 4 MiB
  // is less than the predictions of one large request may need.
  int64_t max_receive_message_bytes = int64_t{64} << 20;

  // While a call is under way and the line is quiet, how often to ask whether the server is still
  // there, and how long to wait for its answer. The server refuses an interval below 10 s.
  absl::Duration keepalive_interval = absl::Seconds(20);
  absl::Duration keepalive_timeout = absl::Seconds(10);

  // What stands before gRPC's own text in the user-agent header, such as `my-service/1.2`. May be
  // empty.
  std::string user_agent_prefix;
};

}  // namespace fnn

#endif  // FNN_CONNECTION_OPTIONS_H_
