// The methods of fnn::Client that follow a run.

#include <algorithm>
#include <optional>
#include <utility>

#include "client/src/backoff.h"
#include "client/src/run_event_source.h"
#include "client/src/update_stream.h"
#include "fnn/client.h"

namespace fnn {
namespace {

using internal::RunEventSource;
using internal::SystemWaiter;
using internal::UpdatesOf;

// How long the server waits for this client to come back.
absl::Duration Grace(const v1::TrainRequest& request) {
  if (request.on_disconnect() == v1::ON_DISCONNECT_DETACH || !request.has_disconnect_grace()) {
    return absl::InfiniteDuration();
  }
  return absl::Seconds(request.disconnect_grace().seconds()) +
         absl::Nanoseconds(request.disconnect_grace().nanos());
}

}  // namespace

absl::StatusOr<TrainStream> Client::Train(v1::TrainRequest request,
                                          RunStreamOptions options) const {
  auto stream = connection_->Train(request);
  v1::TrainResponse first;
  if (!stream->Read(&first)) {
    absl::Status status = stream->Finish();
    if (!status.ok()) return status;
    return absl::InternalError("the server ended the stream before it named the run");
  }
  v1::Run run = first.run();
  options.reconnect_for = std::min(options.reconnect_for, Grace(request));
  const int64_t after_sequence = request.after_sequence();
  request.set_attach(run.name());  // Lets go of the data that `create` may hold.
  auto open = [connection = connection_, request](int64_t sequence) mutable {
    request.set_after_sequence(sequence);
    return std::make_unique<UpdatesOf<v1::TrainResponse>>(connection->Train(request));
  };
  return TrainStream(
      std::move(run),
      std::make_unique<RunEventSource>(
          std::move(open),
          std::make_unique<UpdatesOf<v1::TrainResponse>>(std::move(stream), std::move(first)),
          after_sequence, std::move(options), std::make_unique<SystemWaiter>()));
}

StreamRange<v1::RunEvent> Client::WatchRun(v1::WatchRunRequest request,
                                           RunStreamOptions options) const {
  const int64_t after_sequence = request.after_sequence();
  auto open = [connection = connection_, request = std::move(request)](int64_t sequence) mutable {
    request.set_after_sequence(sequence);
    return std::make_unique<UpdatesOf<v1::WatchRunResponse>>(connection->WatchRun(request));
  };
  return StreamRange<v1::RunEvent>(
      std::make_unique<RunEventSource>(std::move(open), nullptr, after_sequence, std::move(options),
                                       std::make_unique<SystemWaiter>()));
}

}  // namespace fnn
