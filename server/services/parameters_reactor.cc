#include "server/services/parameters_reactor.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "server/edge/status.h"

namespace fnn::server {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors travel as they are in memory");

constexpr int64_t kChunkFloats = int64_t{1} << 18;

}  // namespace

ParametersReactor::ParametersReactor(absl::StatusOr<std::shared_ptr<const ModelVersion>> version) {
  if (version.ok()) {
    version_ = *std::move(version);
    SendNext();
  } else {
    Finish(ToGrpc(version.status()));
  }
}

void ParametersReactor::OnWriteDone(bool ok) {
  if (ok) {
    SendNext();
  } else {
    Finish(grpc::Status::CANCELLED);
  }
}

void ParametersReactor::SendNext() {
  bool more = false;
  const absl::Status status = Guarded([&] {
    more = FillNext();
    return absl::OkStatus();
  });
  if (more) {
    StartWrite(&response_);
  } else {
    Finish(ToGrpc(status));
  }
}

bool ParametersReactor::FillNext() {
  const auto blocks = version_->network.plan().parameters();
  if (block_ == blocks.size()) return false;
  const core::ParameterBlock& block = blocks[block_];
  const int64_t count = std::min(block.size - offset_, kChunkFloats);
  values_.resize(static_cast<size_t>(count));
  version_->network.ReadParameters(block_, offset_, values_);

  response_.set_model_version(version_->message.name());
  v1::TensorChunk& chunk = *response_.mutable_chunk();
  chunk.set_name(block.name);
  chunk.mutable_shape()->Assign(block.shape.begin(), block.shape.end());
  chunk.set_data_type(v1::DATA_TYPE_FLOAT32);
  chunk.set_offset(offset_ * static_cast<int64_t>(sizeof(float)));
  chunk.set_data(values_.data(), values_.size() * sizeof(float));

  offset_ += count;
  if (offset_ == block.size) {
    ++block_;
    offset_ = 0;
  }
  return true;
}

}  // namespace fnn::server
