#include "server/store/model_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/aligned.h"
#include "core/base/digest.h"
#include "core/base/saturating.h"
#include "core/engine/program.h"

namespace fnn::server {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are in files as in memory");

using core::FieldPath;
using core::SaturatingSize;

constexpr int32_t kFormat = 1;
constexpr size_t kPartBytes = size_t{1} << 20;
// A header holds a network and a run's spec, each of which came in a message.
constexpr uint64_t kMostHeaderBytes = uint64_t{64} << 20;
// What a parsed message takes beside its bytes, at most about.
constexpr int64_t kParsedBytes = 8;

// The next values of a block of `network`.
class ParameterReader {
 public:
  ParameterReader(const core::Network& network, size_t& block, int64_t& offset)
      : network_(network), block_(block), offset_(offset) {}

  // Fills `out` from its beginning; how many values that are, 0 at the end.
  size_t Read(std::span<float> out) {
    const auto blocks = network_.plan().parameters();
    size_t count = 0;
    while (count < out.size() && block_ < blocks.size()) {
      const int64_t wanted = static_cast<int64_t>(out.size() - count);
      const int64_t taken = std::min(blocks[block_].size - offset_, wanted);
      network_.ReadParameters(block_, offset_, out.subspan(count, static_cast<size_t>(taken)));
      count += static_cast<size_t>(taken);
      offset_ += taken;
      if (offset_ == blocks[block_].size) {
        ++block_;
        offset_ = 0;
      }
    }
    return count;
  }

 private:
  const core::Network& network_;
  size_t& block_;
  int64_t& offset_;
};

absl::Status NoModelFile(const FieldPath& path, absl::string_view what) {
  return core::InvalidField(path, "INVALID_MODEL_FILE", absl::StrCat("is no model file: ", what));
}

// Fills all of `out`.
absl::Status ReadAll(core::ByteSource& source, std::span<std::byte> out, const FieldPath& path) {
  while (!out.empty()) {
    const absl::StatusOr<size_t> count = source.Read(out);
    if (!count.ok()) return count.status();
    if (*count == 0) return NoModelFile(path, "it ends too early");
    out = out.subspan(*count);
  }
  return absl::OkStatus();
}

struct Header {
  storage::v1::ModelFileHeader message;
  uint64_t bytes = 0;  // With its length.
};

absl::StatusOr<Header> ReadHeader(
    core::ByteSource& source, uint64_t size, const FieldPath& path,
    absl::FunctionRef<absl::StatusOr<Reservation>(int64_t bytes)> reserve) {
  uint64_t length = 0;
  if (size < sizeof(length)) return NoModelFile(path, "it is too short");
  if (absl::Status status = ReadAll(source, std::as_writable_bytes(std::span(&length, 1)), path);
      !status.ok()) {
    return status;
  }
  if (length > size - sizeof(length) || length > kMostHeaderBytes) {
    return NoModelFile(path, absl::StrCat("its header would be ", length, " bytes long"));
  }
  const absl::StatusOr<Reservation> memory = reserve(static_cast<int64_t>(length) * kParsedBytes);
  if (!memory.ok()) return memory.status();
  std::string bytes(length, '\0');
  if (absl::Status status =
          ReadAll(source, std::as_writable_bytes(std::span(bytes.data(), bytes.size())), path);
      !status.ok()) {
    return status;
  }
  Header header{.message = {}, .bytes = sizeof(length) + length};
  if (!header.message.ParseFromString(bytes)) return NoModelFile(path, "its header is damaged");
  if (header.message.format() != kFormat) {
    return core::InvalidField(
        path, "MODEL_FILE_FORMAT",
        absl::StrCat("the file is of format ", header.message.format(), "; this server reads ",
                     kFormat, ": export it again with a server of the same version"));
  }
  return header;
}

// Reads the parameters of `program` into a new arena.
absl::StatusOr<core::AlignedFloats> ReadParameters(core::ByteSource& source,
                                                   const core::Program& program,
                                                   const std::string& digest,
                                                   const FieldPath& path) {
  core::AlignedFloats arena(static_cast<size_t>(program.arena_size()));
  std::vector<float> values;
  core::Digester digester;
  const auto blocks = program.plan().parameters();
  for (size_t block = 0; block < blocks.size(); ++block) {
    for (int64_t offset = 0; offset < blocks[block].size;) {
      const int64_t count =
          std::min(blocks[block].size - offset, static_cast<int64_t>(kPartBytes / sizeof(float)));
      values.resize(static_cast<size_t>(count));
      const auto bytes = std::as_writable_bytes(std::span(values));
      if (absl::Status status = ReadAll(source, bytes, path); !status.ok()) return status;
      digester.Update(bytes);
      program.Write(values, block, offset, arena.data());
      offset += count;
    }
  }
  if (digester.Finish() != digest) {
    return NoModelFile(path, "its parameters are not those it was written with");
  }
  if (const std::string layer = program.FirstBlockNotFinite(arena.data()); !layer.empty()) {
    return NoModelFile(
        path, absl::StrCat("parameters of the layer ", core::Echo(layer), " are not finite"));
  }
  return arena;
}

std::string DigestOf(const core::Network& network) {
  core::Digester digester;
  std::vector<float> values(kPartBytes / sizeof(float));
  size_t block = 0;
  int64_t offset = 0;
  ParameterReader reader(network, block, offset);
  while (const size_t count = reader.Read(values)) {
    digester.Update(std::as_bytes(std::span(values).first(count)));
  }
  return digester.Finish();
}

}  // namespace

// ---- Writing ------------------------------------------------------------------------------------

ModelFilePayload::ModelFilePayload(const v1::ModelVersion& version, core::Network network)
    : network_(std::move(network)) {
  storage::v1::ModelFileHeader header;
  header.set_format(kFormat);
  *header.mutable_network() = network_.plan().network();
  header.set_parameter_count(network_.plan().parameter_count());
  header.set_parameter_digest(DigestOf(network_));
  *header.mutable_version() = version;
  header.mutable_version()->clear_aliases();
  const uint64_t length = header.ByteSizeLong();
  head_.assign(reinterpret_cast<const char*>(&length), sizeof(length));
  header.AppendToString(&head_);
  size_ = head_.size() + static_cast<uint64_t>(header.parameter_count()) * sizeof(float);
}

bool ModelFilePayload::Next(std::string& part) {
  if (head_sent_ < head_.size()) {
    part = head_.substr(head_sent_, kPartBytes);
    head_sent_ += part.size();
    return true;
  }
  std::vector<float> values(kPartBytes / sizeof(float));
  const size_t count = ParameterReader(network_, block_, offset_).Read(values);
  part.assign(reinterpret_cast<const char*>(values.data()), count * sizeof(float));
  return count > 0;
}

absl::Status ModelFilePayload::WriteTo(core::ByteSink& sink) {
  for (std::string part; Next(part);) {
    if (absl::Status status = sink.Append(std::as_bytes(std::span(part))); !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

// ---- Reading ------------------------------------------------------------------------------------

absl::StatusOr<ModelFile> ReadModelFile(
    core::ByteSource& source, uint64_t size, const FieldPath& path,
    absl::FunctionRef<absl::StatusOr<Reservation>(int64_t bytes)> reserve) {
  absl::StatusOr<Header> header = ReadHeader(source, size, path, reserve);
  if (!header.ok()) return header.status();
  absl::StatusOr<std::shared_ptr<const core::Plan>> plan =
      core::Plan::Compile(header->message.network(), std::nullopt, path / "network");
  if (!plan.ok()) return plan.status();
  const int64_t count = (*plan)->parameter_count();
  const SaturatingSize expected = SaturatingSize(count) * static_cast<int64_t>(sizeof(float)) +
                                  static_cast<int64_t>(header->bytes);
  if (count != header->message.parameter_count() ||
      static_cast<uint64_t>(expected.value()) != size) {
    return NoModelFile(path, absl::StrCat("its network has ", count,
                                          " parameters, which is not what follows its header"));
  }
  // The file has as many values as the network, so this is of its size at most.
  const std::shared_ptr<const core::Program> program = core::Program::Create(*std::move(plan));
  absl::StatusOr<Reservation> memory = reserve(
      (SaturatingSize(program->arena_size()) * static_cast<int64_t>(sizeof(float))).value());
  if (!memory.ok()) return memory.status();
  absl::StatusOr<core::AlignedFloats> arena =
      ReadParameters(source, *program, header->message.parameter_digest(), path);
  if (!arena.ok()) return arena.status();
  // Whatever else it says, the report is of these parameters.
  header->message.mutable_version()->mutable_epoch()->set_parameter_digest(
      header->message.parameter_digest());
  return ModelFile{.version = std::move(*header->message.mutable_version()),
                   .network = core::Network(program, *std::move(arena)),
                   .memory = *std::move(memory)};
}

}  // namespace fnn::server
