// Numbers as text.

#ifndef FNN_CLIENT_SRC_FORM_SHORTEST_H_
#define FNN_CLIENT_SRC_FORM_SHORTEST_H_

#include <array>
#include <charconv>
#include <string>

namespace fnn::form {

// As few digits as give the same number again.
template <typename T>
std::string Shortest(T value) {
  std::array<char, 32> text = {};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

}  // namespace fnn::form

#endif  // FNN_CLIENT_SRC_FORM_SHORTEST_H_
