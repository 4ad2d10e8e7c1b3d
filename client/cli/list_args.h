#ifndef FNN_CLIENT_CLI_LIST_ARGS_H_
#define FNN_CLIENT_CLI_LIST_ARGS_H_

#include <string>

namespace fnn::cli {

// Which items a list shows, and in which order; empty: all, in the server's.
struct ListArgs {
  std::string filter;
  std::string order_by;
};

template <typename Request>
Request MakeListRequest(const ListArgs& args) {
  Request request;
  request.set_filter(args.filter);
  request.set_order_by(args.order_by);
  return request;
}

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_LIST_ARGS_H_
