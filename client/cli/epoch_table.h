#ifndef FNN_CLIENT_CLI_EPOCH_TABLE_H_
#define FNN_CLIENT_CLI_EPOCH_TABLE_H_

#include <string>
#include <vector>

#include "fnn/v1/training.pb.h"

namespace fnn::cli {

// A table of epochs that is written line by line as they arrive: the columns follow from the first
// report and have fixed widths.
class EpochTable {
 public:
  // `last_epoch`: the largest number the first column will hold.
  explicit EpochTable(int64_t last_epoch);

  // The line of a report, before the first the line of headers; each ended by a newline.
  std::string Add(const v1::EpochReport& report);

 private:
  struct Cell {
    std::string header;
    std::string value;
  };
  static std::vector<Cell> Cells(const v1::EpochReport& report);

  const size_t epoch_width_;
  std::vector<std::string> headers_;  // Without the epoch's; empty before the first report.
};

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_EPOCH_TABLE_H_
