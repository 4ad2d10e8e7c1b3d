#ifndef FNN_CLIENT_CLI_PLOT_SVG_H_
#define FNN_CLIENT_CLI_PLOT_SVG_H_

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"

namespace fnn::cli {

// A value of an attribute. Lengths are in pixels, with two decimals at most.
struct SvgValue {
  SvgValue(const char* text) : text(text) {}                     // NOLINT: meant to convert.
  SvgValue(const std::string& text) : text(text) {}              // NOLINT: meant to convert.
  SvgValue(double length);                                       // NOLINT: meant to convert.
  SvgValue(int length) : text(absl::StrFormat("%d", length)) {}  // NOLINT: meant to convert.
  std::string text;
};
using SvgAttributes = std::initializer_list<std::pair<const char*, SvgValue>>;

// Writes well-formed XML: whatever text it is given, elements are closed and text is escaped.
class SvgWriter {
 public:
  // `title` and `description` are for those who can't see the picture.
  SvgWriter(double width, double height, absl::string_view title, absl::string_view description);

  // An element without content.
  void Add(const char* element, SvgAttributes attributes);
  // An element that holds text.
  void AddText(absl::string_view text, SvgAttributes attributes);
  // A group: everything until the matching Close is inside it.
  void Open(SvgAttributes attributes);
  void Close();

  // The whole document. Called once, with every group closed.
  std::string Finish();

 private:
  void Begin(const char* element, SvgAttributes attributes);

  std::string text_;
};

// `text` as XML content or an attribute's value; characters that XML 1.0 does not have, and bytes
// that are no UTF-8, become U+FFFD.
std::string EscapeXml(absl::string_view text);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_PLOT_SVG_H_
