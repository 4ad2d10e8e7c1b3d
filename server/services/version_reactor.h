// Methods that send a version, part by part.

#ifndef FNN_SERVER_SERVICES_VERSION_REACTOR_H_
#define FNN_SERVER_SERVICES_VERSION_REACTOR_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/errors.h"
#include "grpcpp/grpcpp.h"
#include "server/edge/status.h"
#include "server/edge/unary.h"
#include "server/services/context.h"
#include "server/store/model_store.h"

namespace fnn::server {

// Owns itself. gRPC calls it from one thread at a time, one write in flight.
template <typename Response>
class VersionReactor : public grpc::ServerWriteReactor<Response> {
 public:
  // Sends the version that `name` stands for, read on a worker's thread, or ends with what is
  // wrong.
  void Start(const ServiceContext& context, const std::string& name) {
    absl::StatusOr<ModelReference> reference = ParseModelReference(name, core::FieldPath("name"));
    if (!reference.ok()) return this->Finish(ToGrpc(reference.status()));
    const bool accepted = context.work->Submit([this, models = context.store.models,
                                                reference = *std::move(reference)] {
      Send([&]() -> absl::StatusOr<bool> {
        absl::StatusOr<std::shared_ptr<const ModelVersion>> version = models->GetVersion(reference);
        if (!version.ok()) return version.status();
        Begin(*std::move(version));
        return FillNext(response_);
      });
    });
    if (!accepted) this->Finish(ToGrpc(Busy()));
  }

  void OnWriteDone(bool ok) final {
    if (!ok) return this->Finish(grpc::Status::CANCELLED);
    Send([this] { return FillNext(response_); });
  }
  void OnDone() final { delete this; }

 protected:
  ~VersionReactor() override = default;

 private:
  virtual void Begin(std::shared_ptr<const ModelVersion> version) = 0;
  // Makes `response` the next part; false where there is none.
  virtual bool FillNext(Response& response) = 0;

  template <typename Fill>
  void Send(const Fill& fill) {
    bool more = false;
    const absl::Status status = Guarded([&] {
      const absl::StatusOr<bool> filled = fill();
      more = filled.ok() && *filled;
      return filled.status();
    });
    if (status.ok() && more) {
      this->StartWrite(&response_);
    } else {
      this->Finish(ToGrpc(status));
    }
  }

  Response response_;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_SERVICES_VERSION_REACTOR_H_
