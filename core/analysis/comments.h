// The comments of the contract, by descriptor.

#ifndef FNN_CORE_ANALYSIS_COMMENTS_H_
#define FNN_CORE_ANALYSIS_COMMENTS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace fnn::core {

// Holds a second copy of the contract's descriptors, so that it is for making something once. What
// Of gives is the comment above the declaration as one paragraph.
class Comments {
 public:
  Comments();

  std::string Of(const google::protobuf::Descriptor& message) const;
  std::string Of(const google::protobuf::FieldDescriptor& field) const;
  std::string Of(const google::protobuf::EnumValueDescriptor& value) const;

 private:
  google::protobuf::DescriptorPool pool_;
};

// The first sentence of a paragraph: up to a full stop after which a capital letter follows, or
// all.
absl::string_view FirstSentence(absl::string_view paragraph);

// The word after `Default: `, where it is a number, true or false, or a name: `0.01`, `uniform`.
// Empty where the paragraph states no default, or one that takes more than a word.
absl::string_view StatedDefault(absl::string_view paragraph);

}  // namespace fnn::core

#endif  // FNN_CORE_ANALYSIS_COMMENTS_H_
