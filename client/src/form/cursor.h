#ifndef FNN_CLIENT_SRC_FORM_CURSOR_H_
#define FNN_CLIENT_SRC_FORM_CURSOR_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace fnn::form {

// A place in a text that is parsed from left to right. Spaces before a token don't count.
class Cursor {
 public:
  explicit Cursor(absl::string_view text) : text_(text) {}

  // The next character that is no space; 0 at the end.
  char Peek();
  // A 0 in the text is not its end.
  bool AtEnd() { return Peek() == '\0' && position_ >= text_.size(); }
  bool Take(char c);
  // Letters, digits and `_`; may be empty.
  absl::string_view TakeWord() { return TakeAll("_"); }
  // What a number or another value is made of: those of a word, and `.`, `+` and `-`.
  absl::string_view TakeValue() { return TakeAll("_.+-"); }

  // Where the next token begins, and the way back to it.
  size_t position() {
    Peek();
    return position_;
  }
  void Return(size_t position) { position_ = position; }

  // INVALID_ARGUMENT that names the column (from 1) of the next token and shows it.
  absl::Status Error(absl::string_view what);

 private:
  absl::string_view TakeAll(absl::string_view others);

  const absl::string_view text_;
  size_t position_ = 0;
};

// A word for an error's text: in quotes, and not too long.
std::string Quoted(absl::string_view word);

}  // namespace fnn::form

#endif  // FNN_CLIENT_SRC_FORM_CURSOR_H_
