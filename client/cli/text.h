#ifndef FNN_CLIENT_CLI_TEXT_H_
#define FNN_CLIENT_CLI_TEXT_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace fnn::cli {

// Numbers, sizes and times as people read them. All are independent of the locale.

// Up to `digits` significant digits: `0.123457`, `2.5e-08`, `nan`.
std::string Number(double value, int digits = 6);

// `12,345`.
std::string Count(int64_t value);

// `512 bytes`, `1.5 MiB`.
std::string Bytes(int64_t bytes);

// A value of an enum in words, without the prefix that all of them have, which is that of the
// first: `unit interval` for TARGET_VALUES_UNIT_INTERVAL; its number where it has no name.
std::string EnumText(const google::protobuf::EnumDescriptor& type, int number);

// `0:07`, `12:05`, `3:00:00`, rounded up to whole seconds; `-` for what is negative or endless.
std::string Clock(absl::Duration duration);

// `2031-05-01 12:00:00 UTC`; empty for the zero time.
std::string Time(const google::protobuf::Timestamp& time);

absl::Duration ToDuration(const google::protobuf::Duration& duration);

// `duration`: what the message holds, up to 10,000 years; cut to nanoseconds.
google::protobuf::Duration ToProto(absl::Duration duration);

// Reads a time such as `90s`, `10m` or `1h30m`, or a number of seconds such as `0.5`. False for
// what is none, or more than a google.protobuf.Duration holds.
bool ParseTime(absl::string_view text, absl::Duration* duration);

// A word as a POSIX shell reads it back, in quotes where that is needed.
std::string ShellWord(absl::string_view text);

// `text` without control characters, so that what a server sends can't steer a terminal.
std::string Printable(absl::string_view text);

// How many characters `text` takes on a terminal, counting each code point of UTF-8 as one.
size_t DisplayWidth(absl::string_view text);

// A name of the resource kind `collection`, such as `models`: what has no `/` is taken for the last
// part. `digits` becomes `models/digits`; an empty name stays empty.
std::string ResourceName(absl::string_view collection, absl::string_view name);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_TEXT_H_
