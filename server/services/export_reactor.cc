#include "server/services/export_reactor.h"

#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include "core/base/digest.h"
#include "server/storage/file_header.h"

namespace fnn::server {

void ExportReactor::Begin(std::shared_ptr<const ModelVersion> version) {
  version_ = std::move(version);
  // The header comes first and has the checksum of all, so the payload is made twice.
  ModelFilePayload payload(version_->message, version_->network);
  core::Digester digester;
  for (std::string part; payload.Next(part);) digester.Update(std::as_bytes(std::span(part)));
  const std::array<std::byte, FileHeader::kSize> header = EncodeFileHeader(
      {.kind = FileKind::kModelFile, .length = payload.size(), .checksum = digester.Finish()});
  header_.assign(reinterpret_cast<const char*>(header.data()), header.size());
  payload_.emplace(version_->message, version_->network);
}

bool ExportReactor::FillNext(v1::ExportModelResponse& response) {
  response.set_model_version(version_->message.name());
  response.set_total_bytes(static_cast<int64_t>(payload_->size() + FileHeader::kSize));
  if (!header_.empty()) {
    response.set_data(std::exchange(header_, {}));
    return true;
  }
  return payload_->Next(*response.mutable_data());
}

}  // namespace fnn::server
