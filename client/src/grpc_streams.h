#ifndef FNN_CLIENT_SRC_GRPC_STREAMS_H_
#define FNN_CLIENT_SRC_GRPC_STREAMS_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/sync_stream.h>

#include <memory>
#include <utility>

#include "client/src/status_conversion.h"
#include "fnn/connection.h"

namespace fnn::internal {

// A server stream over gRPC.
template <typename T>
class GrpcReadStream final : public ReadStream<T> {
 public:
  // `open` starts the call on the context it is given.
  template <typename Open>
  explicit GrpcReadStream(Open open) : reader_(open(&context_)) {}

  ~GrpcReadStream() override {
    if (finished_) return;
    context_.TryCancel();
    // gRPC wants a call read to its end and finished before it goes.
    T message;
    while (reader_->Read(&message)) {
    }
    reader_->Finish();
  }

  bool Read(T* message) override { return reader_->Read(message); }
  absl::Status Finish() override {
    finished_ = true;
    return FromGrpcStatus(reader_->Finish());
  }
  void Cancel() override { context_.TryCancel(); }

 private:
  grpc::ClientContext context_;
  const std::unique_ptr<grpc::ClientReader<T>> reader_;
  bool finished_ = false;
};

// A client stream over gRPC.
template <typename Request, typename Response>
class GrpcWriteStream final : public WriteStream<Request, Response> {
 public:
  // `open` starts the call on the context and for the response it is given.
  template <typename Open>
  explicit GrpcWriteStream(Open open) : writer_(open(&context_, &response_)) {}

  ~GrpcWriteStream() override {
    if (finished_) return;
    context_.TryCancel();
    writer_->Finish();
  }

  bool Write(const Request& message) override { return writer_->Write(message); }
  absl::StatusOr<Response> Finish() override {
    finished_ = true;
    writer_->WritesDone();
    if (absl::Status status = FromGrpcStatus(writer_->Finish()); !status.ok()) return status;
    return std::move(response_);
  }

 private:
  grpc::ClientContext context_;
  Response response_;
  const std::unique_ptr<grpc::ClientWriter<Request>> writer_;
  bool finished_ = false;
};

}  // namespace fnn::internal

#endif  // FNN_CLIENT_SRC_GRPC_STREAMS_H_
