// Points in time and lengths of time as messages, to the nanosecond: TimeUtil::GetCurrentTime()
// knows whole seconds.

#ifndef FNN_SERVER_BASE_TIMESTAMP_H_
#define FNN_SERVER_BASE_TIMESTAMP_H_

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "google/protobuf/util/time_util.h"

namespace fnn::server {

inline google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  return google::protobuf::util::TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(time));
}

inline absl::Time FromTimestamp(const google::protobuf::Timestamp& time) {
  return absl::FromUnixNanos(google::protobuf::util::TimeUtil::TimestampToNanoseconds(time));
}

inline absl::Duration FromProto(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

inline google::protobuf::Duration ToProto(absl::Duration duration) {
  return google::protobuf::util::TimeUtil::NanosecondsToDuration(
      absl::ToInt64Nanoseconds(duration));
}

inline google::protobuf::Timestamp CurrentTimestamp() { return ToTimestamp(absl::Now()); }

}  // namespace fnn::server

#endif  // FNN_SERVER_BASE_TIMESTAMP_H_
