#include "tests/core/testing.h"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/text_format.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"

namespace fnn::core {
namespace {

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

template <typename Detail>
Detail DetailOf(const absl::Status& status) {
  Detail detail;
  const auto payload =
      status.GetPayload(absl::StrCat("type.googleapis.com/", detail.GetDescriptor()->full_name()));
  if (payload.has_value()) {
    EXPECT_TRUE(detail.ParseFromString(std::string(*payload))) << status.message();
  }
  return detail;
}

}  // namespace

v1::Network ParseNetwork(const std::string& text) { return Parse<v1::Network>(text); }

v1::TrainingOptions ParseOptions(const std::string& text) {
  return Parse<v1::TrainingOptions>(text);
}

std::shared_ptr<const Plan> CompileOrDie(const v1::Network& network, int64_t features) {
  auto plan = Plan::Compile(network, features, FieldPath("network"));
  if (!plan.ok()) {
    ADD_FAILURE() << plan.status();
    std::abort();
  }
  return *std::move(plan);
}

std::vector<std::string> Faults(const absl::Status& status) {
  std::vector<std::string> out;
  const auto details = DetailOf<google::rpc::BadRequest>(status);
  for (const auto& violation : details.field_violations()) {
    out.push_back(absl::StrCat(violation.field(), " ", violation.reason()));
  }
  return out;
}

std::string Descriptions(const absl::Status& status) {
  std::string out;
  const auto details = DetailOf<google::rpc::BadRequest>(status);
  for (const auto& violation : details.field_violations()) {
    absl::StrAppend(&out, violation.description(), "\n");
  }
  return out;
}

std::string Reason(const absl::Status& status) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  if (!info.reason().empty()) {
    EXPECT_EQ(info.domain(), "fnn");
  }
  return info.reason();
}

size_t SizeOnTheWire(const absl::Status& status) {
  google::rpc::Status out;
  out.set_code(static_cast<int>(status.code()));
  out.set_message(std::string(status.message()));
  status.ForEachPayload([&](absl::string_view type, const absl::Cord& payload) {
    google::protobuf::Any& any = *out.add_details();
    any.set_type_url(std::string(type));
    any.set_value(std::string(payload));
  });
  // Binary metadata travels in base64, and the message a second time as grpc-message.
  return (out.ByteSizeLong() + 2) / 3 * 4 + status.message().size();
}

BoundTable MakeData(int64_t features, int64_t targets, std::vector<float> values) {
  BoundTable data;
  std::vector<std::string> names;
  for (int64_t c = 0; c < features; ++c) {
    data.features.push_back(c);
    names.push_back(absl::StrCat("x", c));
  }
  for (int64_t c = 0; c < targets; ++c) {
    data.targets.push_back(features + c);
    names.push_back(absl::StrCat("y", c));
  }
  data.features_path = FieldPath("data.features");
  data.targets_path = FieldPath("data.targets");
  data.table = Table::Create(std::move(names), std::move(values));
  return data;
}

std::vector<float> Values(const Table& table) {
  std::vector<float> out;
  for (int64_t r = 0; r < table.rows(); ++r) {
    for (int64_t c = 0; c < table.columns(); ++c) out.push_back(table.at(r, c));
  }
  return out;
}

std::vector<std::vector<std::string>> ReadReference(absl::string_view file) {
  const std::string path = absl::StrCat(FNN_SOURCE_DIR, "/tests/core/reference/", file);
  std::ifstream in(path);
  EXPECT_TRUE(in.is_open()) << path;
  std::vector<std::vector<std::string>> rows;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    rows.push_back(absl::StrSplit(line, ','));
  }
  EXPECT_FALSE(rows.empty()) << path;
  return rows;
}

Arguments DefaultArguments(std::span<const Argument> arguments) {
  Arguments out{};
  for (size_t i = 0; i < arguments.size(); ++i) out[i] = arguments[i].default_value;
  return out;
}

std::vector<double> Numbers(const std::string& cell) {
  std::vector<double> out;
  for (const absl::string_view part : absl::StrSplit(cell, ' ', absl::SkipEmpty())) {
    out.push_back(std::strtod(std::string(part).c_str(), nullptr));
  }
  return out;
}

bool Near(double got, double expected, double relative, double absolute) {
  if (std::isnan(expected)) return std::isnan(got);
  if (std::isinf(expected)) return got == expected;
  return std::abs(got - expected) <= relative * std::abs(expected) + absolute;
}

}  // namespace fnn::core
