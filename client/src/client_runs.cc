// The methods of fnn::Client that start and follow a run.

#include <memory>
#include <utility>

#include "client/src/backoff.h"
#include "client/src/outage.h"
#include "client/src/request_id.h"
#include "client/src/run_event_source.h"
#include "client/src/update_stream.h"
#include "fnn/client.h"

namespace fnn {
namespace {

using internal::RunEventSource;
using internal::SystemWaiter;
using internal::UpdatesOf;

// A Train call that the server has accepted, with its first message.
struct Accepted {
  std::unique_ptr<ReadStream<v1::TrainResponse>> stream;
  v1::TrainResponse first;
};

absl::StatusOr<Accepted> OpenTrain(Connection& connection, const v1::TrainRequest& request) {
  Accepted accepted = {connection.Train(request), {}};
  if (accepted.stream->Read(&accepted.first)) return accepted;
  absl::Status status = accepted.stream->Finish();
  if (!status.ok()) return status;
  return absl::InternalError("the server ended the stream before it named the run");
}

}  // namespace

absl::StatusOr<TrainStream> Client::Train(v1::TrainRequest request,
                                          RunStreamOptions options) const {
  if (request.has_create()) internal::SetRequestId(*request.mutable_create());
  SystemWaiter waiter;
  internal::Outage outage(options_, waiter);
  absl::StatusOr<Accepted> accepted =
      internal::CallThrough(outage, [&] { return OpenTrain(*connection_, request); });
  if (!accepted.ok()) return accepted.status();
  v1::Run run = accepted->first.run();
  const int64_t after_sequence = request.after_sequence();
  request.set_attach(run.name());  // Lets go of the data that `create` may hold.
  auto open = [connection = connection_, request](int64_t sequence) mutable {
    request.set_after_sequence(sequence);
    return std::make_unique<UpdatesOf<v1::TrainResponse>>(connection->Train(request));
  };
  return TrainStream(std::move(run),
                     std::make_unique<RunEventSource>(
                         std::move(open),
                         std::make_unique<UpdatesOf<v1::TrainResponse>>(std::move(accepted->stream),
                                                                        std::move(accepted->first)),
                         after_sequence, std::move(options), std::make_unique<SystemWaiter>()));
}

absl::StatusOr<v1::Run> Client::CreateRun(v1::CreateRunRequest request) const {
  internal::SetRequestId(request);
  SystemWaiter waiter;
  internal::Outage outage(options_, waiter);
  absl::StatusOr<v1::CreateRunResponse> response =
      internal::CallThrough(outage, [&] { return connection_->CreateRun(request); });
  if (!response.ok()) return response.status();
  return std::move(*response->mutable_run());
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
