// The server's way to a disk that can lose its power.

#ifndef FNN_TESTS_SERVER_STORAGE_POWER_LOSS_FILE_SYSTEM_H_
#define FNN_TESTS_SERVER_STORAGE_POWER_LOSS_FILE_SYSTEM_H_

#include <memory>
#include <string>
#include <vector>

#include "server/storage/file_system.h"
#include "tests/server/storage/power_loss_disk.h"

namespace fnn::testing {

class PowerLossFileSystem final : public server::FileSystem {
 public:
  // `disk` outlives it.
  explicit PowerLossFileSystem(PowerLossDisk* disk) : disk_(disk) {}

  absl::Status CreateDirectory(absl::string_view path) override;
  absl::StatusOr<std::unique_ptr<server::WritableFile>> Create(absl::string_view path) override;
  absl::StatusOr<std::unique_ptr<server::WritableFile>> OpenForAppend(
      absl::string_view path) override;
  absl::StatusOr<std::unique_ptr<server::ReadableFile>> Open(absl::string_view path) const override;
  absl::Status Rename(absl::string_view from, absl::string_view to) override;
  absl::Status Remove(absl::string_view path) override;
  absl::Status SyncDirectory(absl::string_view path) override;
  absl::StatusOr<std::vector<std::string>> List(absl::string_view directory) const override;
  absl::StatusOr<bool> Exists(absl::string_view path) const override;

 private:
  PowerLossDisk* const disk_;
};

}  // namespace fnn::testing

#endif  // FNN_TESTS_SERVER_STORAGE_POWER_LOSS_FILE_SYSTEM_H_
