// The contract with its comments, embedded at build time: descriptors compiled by protoc have none.

#ifndef FNN_PROTO_COMMENTS_H_
#define FNN_PROTO_COMMENTS_H_

#include <cstddef>

namespace fnn {

// A google.protobuf.FileDescriptorSet of the messages and their imports, in the order in which they
// need each other.
extern const unsigned char kCommentedDescriptors[];
extern const size_t kCommentedDescriptorsSize;

}  // namespace fnn

#endif  // FNN_PROTO_COMMENTS_H_
