#include "core/analysis/comments.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.pb.h"
#include "proto/comments.h"

namespace fnn::core {
namespace {

template <typename Descriptor>
std::string CommentAbove(const Descriptor* commented) {
  google::protobuf::SourceLocation location;
  if (commented == nullptr || !commented->GetSourceLocation(&location)) return "";
  std::vector<absl::string_view> lines = absl::StrSplit(location.leading_comments, '\n');
  for (absl::string_view& line : lines) line = absl::StripAsciiWhitespace(line);
  return std::string(absl::StripAsciiWhitespace(absl::StrJoin(lines, " ")));
}

}  // namespace

Comments::Comments() {
  google::protobuf::FileDescriptorSet files;
  files.ParseFromArray(kCommentedDescriptors, static_cast<int>(kCommentedDescriptorsSize));
  for (const auto& file : files.file()) pool_.BuildFile(file);
}

std::string Comments::Of(const google::protobuf::Descriptor& message) const {
  return CommentAbove(pool_.FindMessageTypeByName(message.full_name()));
}

std::string Comments::Of(const google::protobuf::FieldDescriptor& field) const {
  return CommentAbove(pool_.FindFieldByName(field.full_name()));
}

std::string Comments::Of(const google::protobuf::EnumValueDescriptor& value) const {
  return CommentAbove(pool_.FindEnumValueByName(value.full_name()));
}

absl::string_view FirstSentence(absl::string_view paragraph) {
  for (size_t i = 0; i + 2 < paragraph.size(); ++i) {
    if (paragraph[i] == '.' && paragraph[i + 1] == ' ' && absl::ascii_isupper(paragraph[i + 2])) {
      return paragraph.substr(0, i + 1);
    }
  }
  return paragraph;
}

absl::string_view StatedDefault(absl::string_view paragraph) {
  constexpr absl::string_view kBefore = "Default: ";
  const size_t at = paragraph.find(kBefore);
  if (at == absl::string_view::npos) return "";
  const absl::string_view rest = paragraph.substr(at + kBefore.size());
  absl::string_view word = rest.substr(0, rest.find(' '));
  const bool last = word.size() == rest.size();
  // `0.5, half of ...` is one as well.
  const bool ended = absl::ConsumeSuffix(&word, ".") || absl::ConsumeSuffix(&word, ",");
  return last || ended ? word : "";
}

}  // namespace fnn::core
