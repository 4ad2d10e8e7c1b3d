#ifndef FNN_CLIENT_CLI_DESCRIBE_H_
#define FNN_CLIENT_CLI_DESCRIBE_H_

#include <google/protobuf/message.h>

#include <string>

#include "fnn/v1/network.pb.h"
#include "fnn/v1/training.pb.h"

namespace fnn::cli {

// Parts of the contract in a few words.

// Which field of the message's `kind` is set, such as `cross_entropy`; empty for none.
std::string KindName(const google::protobuf::Message& message);

// A network in the short form, such as `64 > 64:relu > 10:softmax`, without what is its default.
std::string DescribeNetwork(const v1::Network& network);

// Such as `running`.
std::string StateName(v1::RunState state);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_DESCRIBE_H_
