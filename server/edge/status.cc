#include "server/edge/status.h"

#include <exception>
#include <new>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "server/base/errors.h"
#include "server/base/log.h"

namespace fnn::server {
namespace {

constexpr size_t kMostMessageBytes = 1000;

// Cut in front of a character, not inside one: a protobuf string is UTF-8.
std::string Cut(absl::string_view text) {
  if (text.size() <= kMostMessageBytes) return std::string(text);
  size_t end = kMostMessageBytes - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return absl::StrCat(text.substr(0, end), "...");
}

// What gRPC makes of the two: everything but printable ASCII takes three bytes in the message.
size_t WireSize(const google::rpc::Status& status) {
  size_t message = 0;
  for (const char c : status.message()) message += c < 0x20 || c > 0x7e || c == '%' ? 3 : 1;
  return message + (status.ByteSizeLong() + 2) / 3 * 4;
}

// Makes a status smaller; false where nothing is left to drop.
bool Trim(google::rpc::Status& status) {
  for (google::protobuf::Any& detail : *status.mutable_details()) {
    google::rpc::BadRequest request;
    if (!detail.Is<google::rpc::BadRequest>() || !detail.UnpackTo(&request)) continue;
    if (request.field_violations_size() < 2) continue;
    request.mutable_field_violations()->RemoveLast();
    detail.set_value(request.SerializeAsString());
    return true;
  }
  if (status.details().empty()) return false;
  status.mutable_details()->RemoveLast();
  return true;
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  absl::Status complete = status;
  if (!ErrorReason(complete).has_value()) {
    // The code says as much as is known.
    const absl::Status informed =
        core::MakeError(status.code(), absl::StatusCodeToString(status.code()), status.message());
    informed.ForEachPayload([&complete](absl::string_view url, const absl::Cord& value) {
      complete.SetPayload(url, value);
    });
  }
  google::rpc::Status details;
  details.set_code(static_cast<int>(complete.code()));
  details.set_message(Cut(complete.message()));
  complete.ForEachPayload([&details](absl::string_view url, const absl::Cord& value) {
    google::protobuf::Any detail;
    detail.set_type_url(std::string(url));
    detail.set_value(std::string(value));
    // ErrorInfo goes first: what is dropped is dropped from the end.
    const bool first = detail.Is<google::rpc::ErrorInfo>() && details.details_size() > 0;
    *details.add_details() = std::move(detail);
    if (first) details.mutable_details()->SwapElements(0, details.details_size() - 1);
  });
  while (WireSize(details) > kMostStatusBytes && Trim(details)) {
  }
  return grpc::Status(static_cast<grpc::StatusCode>(complete.code()), details.message(),
                      details.SerializeAsString());
}

absl::Status Guarded(absl::FunctionRef<absl::Status()> work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    LogError("a request failed: out of memory");
    return WithRetry(core::MakeError(absl::StatusCode::kResourceExhausted, "OUT_OF_MEMORY",
                                     "the server ran out of memory; try again later"),
                     absl::Seconds(10));
  } catch (const std::exception& error) {
    LogError(absl::StrCat("a request failed: ", error.what()));
  } catch (...) {
    LogError("a request failed: unknown exception");
  }
  return core::MakeError(absl::StatusCode::kInternal, "INTERNAL",
                         "an internal error; the server's log says more");
}

}  // namespace fnn::server
