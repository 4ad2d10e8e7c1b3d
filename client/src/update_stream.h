#ifndef FNN_CLIENT_SRC_UPDATE_STREAM_H_
#define FNN_CLIENT_SRC_UPDATE_STREAM_H_

#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "fnn/connection.h"
#include "fnn/v1/training.pb.h"

namespace fnn::internal {

// What Train and WatchRun streams have in common: each message carries a RunUpdate.
using UpdateStream = ReadStream<v1::RunUpdate>;

// Takes the updates out of a stream of `Response`s. `first`: a message that was read already.
template <typename Response>
class UpdatesOf final : public UpdateStream {
 public:
  explicit UpdatesOf(std::unique_ptr<ReadStream<Response>> stream,
                     std::optional<Response> first = std::nullopt)
      : stream_(std::move(stream)), first_(std::move(first)) {}

  bool Read(v1::RunUpdate* update) override {
    Response response;
    if (first_.has_value()) {
      response = *std::move(first_);
      first_.reset();
    } else if (!stream_->Read(&response)) {
      return false;
    }
    *update = std::move(*response.mutable_update());
    return true;
  }
  absl::Status Finish() override { return stream_->Finish(); }
  void Cancel() override { stream_->Cancel(); }

 private:
  const std::unique_ptr<ReadStream<Response>> stream_;
  std::optional<Response> first_;
};

}  // namespace fnn::internal

#endif  // FNN_CLIENT_SRC_UPDATE_STREAM_H_
