#include "core/train/checkpoint_head.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "core/base/digest.h"
#include "core/base/errors.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace fnn::core {
namespace {

constexpr int kFormat = 2;

std::string DigestOf(absl::string_view text) {
  return Digest(std::as_bytes(std::span(text.data(), text.size())));
}

class DigestStream final : public google::protobuf::io::CopyingOutputStream {
 public:
  bool Write(const void* bytes, int size) override {
    digester_.Update({static_cast<const std::byte*>(bytes), static_cast<size_t>(size)});
    return true;
  }
  std::string Finish() const { return digester_.Finish(); }

 private:
  Digester digester_;
};

// Without a copy of it: a network may hold its initial parameters.
std::string DigestOf(const google::protobuf::MessageLite& message) {
  DigestStream digest;
  google::protobuf::io::CopyingOutputStreamAdaptor stream(&digest);
  {
    google::protobuf::io::CodedOutputStream out(&stream);
    out.SetSerializationDeterministic(true);  // Maps in one order.
    message.SerializeToCodedStream(&out);
  }
  stream.Flush();
  return digest.Finish();
}

std::string DigestOf(const Samples& samples) {
  const BoundTable& data = samples.data();
  return DigestOf(absl::StrCat(data.table->digest(), " ", data.table->rows(), " ", samples.rows(),
                               " ", absl::StrJoin(data.features, ","), " ",
                               absl::StrJoin(data.targets, ","), " ", data.weight.value_or(-1)));
}

}  // namespace

storage::v1::CheckpointHead CheckpointHeadOf(const Plan& plan, const ResolvedOptions& options,
                                             const Samples& train, const Samples* validation) {
  v1::TrainingOptions message = options.message;
  message.clear_threads();
  if (message.has_validation_data()) message.clear_validation_data();
  storage::v1::CheckpointHead head;
  head.set_format(kFormat);
  head.set_network_digest(DigestOf(plan.network()));
  head.set_options_digest(DigestOf(message));
  head.set_data_digest(DigestOf(train));
  if (validation != nullptr) head.set_validation_digest(DigestOf(*validation));
  head.set_parameter_count(plan.parameter_count());
  return head;
}

absl::Status CheckHead(const storage::v1::CheckpointHead& head,
                       const storage::v1::CheckpointHead& expected) {
  if (head.format() != expected.format()) {
    return MakeError(
        absl::StatusCode::kDataLoss, "INVALID_CHECKPOINT",
        absl::StrCat("this is no checkpoint, or one of format ", head.format(),
                     " where this engine has ", expected.format(), "; start from the beginning"));
  }
  std::vector<absl::string_view> others;
  if (head.network_digest() != expected.network_digest()) others.push_back("network");
  if (head.options_digest() != expected.options_digest()) others.push_back("options");
  if (head.data_digest() != expected.data_digest()) others.push_back("data");
  if (head.validation_digest() != expected.validation_digest()) {
    others.push_back("validation data");
  }
  if (head.parameter_count() != expected.parameter_count() ||
      head.parameter_bytes() != expected.parameter_bytes()) {
    others.push_back("parameters");
  }
  if (others.empty()) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "OTHER_TRAINING",
      absl::StrCat("the checkpoint is of a training with other ", absl::StrJoin(others, ", "),
                   "; continue that one, or start from the beginning"));
}

}  // namespace fnn::core
