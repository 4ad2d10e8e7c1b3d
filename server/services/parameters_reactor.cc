#include "server/services/parameters_reactor.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace fnn::server {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors travel as they are in memory");

constexpr int64_t kChunkFloats = int64_t{1} << 18;

}  // namespace

void ParametersReactor::Begin(std::shared_ptr<const ModelVersion> version) {
  version_ = std::move(version);
}

bool ParametersReactor::FillNext(v1::GetParametersResponse& response) {
  const auto blocks = version_->network.plan().parameters();
  if (block_ == blocks.size()) return false;
  const core::ParameterBlock& block = blocks[block_];
  const int64_t count = std::min(block.size - offset_, kChunkFloats);
  values_.resize(static_cast<size_t>(count));
  version_->network.ReadParameters(block_, offset_, values_);

  response.set_model_version(version_->message.name());
  v1::TensorChunk& chunk = *response.mutable_chunk();
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
