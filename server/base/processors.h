// How many processors this process may use.

#ifndef FNN_SERVER_BASE_PROCESSORS_H_
#define FNN_SERVER_BASE_PROCESSORS_H_

namespace fnn::server {

// Those that it is bound to, or as many as the control group's quota comes to (rounded up),
// whichever is less. At least 1.
int Processors();

}  // namespace fnn::server

#endif  // FNN_SERVER_BASE_PROCESSORS_H_
