#include "client/src/health.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "client/src/status_conversion.h"

namespace fnn::internal {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

// HealthCheckRequest { string service = 1; }
grpc::ByteBuffer EncodeRequest(const std::string& service) {
  std::string bytes;
  if (!service.empty()) {
    bytes.push_back(
        static_cast<char>(WireFormatLite::MakeTag(1, WireFormatLite::WIRETYPE_LENGTH_DELIMITED)));
    for (size_t size = service.size();; size >>= 7) {
      const bool last = size < 0x80;
      bytes.push_back(static_cast<char>((size & 0x7f) | (last ? 0 : 0x80)));
      if (last) break;
    }
    bytes += service;
  }
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

// HealthCheckResponse { ServingStatus status = 1; }: 0 unknown, 1 serving, 2 not serving.
std::optional<uint64_t> DecodeStatus(const grpc::ByteBuffer& response) {
  std::vector<grpc::Slice> slices;
  if (!response.Dump(&slices).ok()) return std::nullopt;
  std::string bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  CodedInputStream input(reinterpret_cast<const uint8_t*>(bytes.data()),
                         static_cast<int>(bytes.size()));
  uint64_t status = 0;
  while (const uint32_t tag = input.ReadTag()) {
    const bool read = tag == WireFormatLite::MakeTag(1, WireFormatLite::WIRETYPE_VARINT)
                          ? input.ReadVarint64(&status)
                          : WireFormatLite::SkipField(&input, tag);
    if (!read) return std::nullopt;
  }
  return status;
}

}  // namespace

absl::StatusOr<HealthStatus> CheckHealth(const std::shared_ptr<grpc::Channel>& channel,
                                         grpc::ClientContext& context, const std::string& service) {
  grpc::GenericStub stub(channel);
  const grpc::ByteBuffer request = EncodeRequest(service);
  grpc::ByteBuffer response;
  grpc::Status status;
  absl::Notification done;
  stub.UnaryCall(&context, "/grpc.health.v1.Health/Check", {}, &request, &response,
                 [&](grpc::Status result) {
                   status = std::move(result);
                   done.Notify();
                 });
  done.WaitForNotification();
  if (!status.ok()) return FromGrpcStatus(status);
  const std::optional<uint64_t> serving = DecodeStatus(response);
  if (!serving.has_value()) return absl::InternalError("the health service's answer is malformed");
  if (*serving == 1) return HealthStatus::kServing;
  return *serving == 2 ? HealthStatus::kNotServing : HealthStatus::kUnknown;
}

}  // namespace fnn::internal
