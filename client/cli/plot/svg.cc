#include "client/cli/plot/svg.h"

#include <cstdint>

#include "absl/strings/str_cat.h"

namespace fnn::cli {
namespace {

constexpr absl::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

// The length of the UTF-8 sequence that `text` begins with, or 0 where it is none that XML takes.
size_t SequenceLength(absl::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  uint32_t code = lead & (0xff >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3f);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  if (overlong || surrogate || code > 0x10ffff || code == 0xfffe || code == 0xffff) return 0;
  return length;
}

}  // namespace

SvgValue::SvgValue(double length) : text(absl::StrFormat("%.2f", length)) {
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  if (text == "-0") text = "0";
}

std::string EscapeXml(absl::string_view text) {
  std::string result;
  while (!text.empty()) {
    size_t length = SequenceLength(text);
    const char c = text[0];
    if (length == 0) {
      result.append(kReplacement.data(), kReplacement.size());
      length = 1;
    } else if (c == '&') {
      result += "&amp;";
    } else if (c == '<') {
      result += "&lt;";
    } else if (c == '>') {
      result += "&gt;";
    } else if (c == '"') {
      result += "&quot;";
    } else if (length == 1 && static_cast<uint8_t>(c) < 0x20 && c != '\t' && c != '\n') {
      result.append(kReplacement.data(), kReplacement.size());
    } else {
      result.append(text.data(), length);
    }
    text.remove_prefix(length);
  }
  return result;
}

SvgWriter::SvgWriter(double width, double height, absl::string_view title,
                     absl::string_view description) {
  const std::string w = SvgValue(width).text;
  const std::string h = SvgValue(height).text;
  text_ = absl::StrCat(R"(<?xml version="1.0" encoding="UTF-8"?>)", "\n",
                       R"(<svg xmlns="http://www.w3.org/2000/svg" width=")", w, R"(" height=")", h,
                       R"(" viewBox="0 0 )", w, " ", h, R"(" role="img")",
                       R"( font-family="system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif">)", "\n",
                       "<title>", EscapeXml(title), "</title>\n<desc>", EscapeXml(description),
                       "</desc>\n");
}

void SvgWriter::Begin(const char* element, SvgAttributes attributes) {
  absl::StrAppend(&text_, "<", element);
  for (const auto& [name, value] : attributes) {
    absl::StrAppend(&text_, " ", name, "=\"", EscapeXml(value.text), "\"");
  }
}

void SvgWriter::Add(const char* element, SvgAttributes attributes) {
  Begin(element, attributes);
  absl::StrAppend(&text_, "/>\n");
}

void SvgWriter::AddText(absl::string_view text, SvgAttributes attributes) {
  Begin("text", attributes);
  absl::StrAppend(&text_, ">", EscapeXml(text), "</text>\n");
}

void SvgWriter::Open(SvgAttributes attributes) {
  Begin("g", attributes);
  absl::StrAppend(&text_, ">\n");
}

void SvgWriter::Close() { absl::StrAppend(&text_, "</g>\n"); }

std::string SvgWriter::Finish() {
  absl::StrAppend(&text_, "</svg>\n");
  return std::move(text_);
}

}  // namespace fnn::cli
