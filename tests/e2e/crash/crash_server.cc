// fnn-server with a disk that kills it: FNN_FAILPOINT says where (failpoints.h). Needs --data-dir.

#include <cstdlib>
#include <memory>
#include <string>

#include "server/command.h"
#include "server/storage/posix_file_system.h"
#include "server/storage/sqlite_catalogue.h"
#include "tests/e2e/crash/failpoints.h"

namespace fnn::e2e {
namespace {

struct Disk {
  std::unique_ptr<Failpoint> failpoint;
  std::unique_ptr<server::FileSystem> files, failing_files;
  std::unique_ptr<server::Catalogue> catalogue, failing_catalogue;
};

absl::Status Open(server::ServerOptions& options, Disk& disk) {
  const char* const text = std::getenv("FNN_FAILPOINT");
  auto failpoint = Failpoint::Parse(text == nullptr ? "" : text);
  if (!failpoint.ok()) return failpoint.status();
  auto files = server::PosixFileSystem::OpenRoot(options.data_dir);
  if (!files.ok()) return files.status();
  auto catalogue = server::SqliteCatalogue::Open({.path = options.data_dir + "/catalogue.db"});
  if (!catalogue.ok()) return catalogue.status();
  disk.failpoint = *std::move(failpoint);
  disk.files = *std::move(files);
  disk.catalogue = *std::move(catalogue);
  disk.failing_files = FailpointFiles(disk.files.get(), disk.failpoint.get());
  disk.failing_catalogue = FailpointCatalogue(disk.catalogue.get(), disk.failpoint.get());
  options.data_dir.clear();
  options.files = disk.failing_files.get();
  options.catalogue = disk.failing_catalogue.get();
  return absl::OkStatus();
}

}  // namespace
}  // namespace fnn::e2e

int main(int argc, char** argv) {
  fnn::e2e::Disk disk;
  return fnn::server::RunCommand(argc, argv, [&disk](fnn::server::ServerOptions& options) {
    return fnn::e2e::Open(options, disk);
  });
}
