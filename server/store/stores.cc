#include "server/store/stores.h"

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/errors.h"
#include "server/base/log.h"
#include "server/storage/memory_catalogue.h"
#include "server/storage/memory_file_system.h"
#include "server/storage/posix_file_system.h"
#include "server/store/model_import.h"

namespace fnn::server {
namespace {

absl::Status MakeDirectory(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error) return absl::OkStatus();
  return core::MakeError(
      absl::StatusCode::kUnavailable, "DATA_DIRECTORY_NOT_AVAILABLE",
      absl::StrCat("can't create or write to the directory ", path, ": ", error.message()));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Stores>> Stores::Open(const Options& options, MemoryBudget* budget) {
  std::unique_ptr<Stores> stores(new Stores());
  if (absl::Status status = stores->OpenDirectory(options); !status.ok()) return status;

  auto requests = RequestLog::Open(options.requests, stores->catalogue_, budget);
  if (!requests.ok()) return requests.status();
  stores->requests_ = *std::move(requests);
  auto models = ModelStore::Open(options.models, stores->catalogue_, stores->files_, budget);
  if (!models.ok()) return models.status();
  stores->models_ = *std::move(models);
  if (absl::Status status = ModelImport::OpenFolder(stores->files_); !status.ok()) return status;
  auto datasets = DatasetStore::Open(stores->catalogue_, stores->files_, budget);
  if (!datasets.ok()) return datasets.status();
  stores->datasets_ = *std::move(datasets);
  auto uploads = UploadStore::Open(stores->catalogue_, stores->files_, budget, options.uploads);
  if (!uploads.ok()) return uploads.status();
  stores->uploads_ = *std::move(uploads);
  return stores;
}

absl::Status Stores::OpenDirectory(const Options& options) {
  if (!options.directory.empty()) {
    if (absl::Status status = MakeDirectory(options.directory); !status.ok()) return status;
    absl::StatusOr<DirectoryLock> lock = DirectoryLock::Acquire(options.directory, options.address);
    if (!lock.ok()) return lock.status();
    lock_ = *std::move(lock);
  }
  catalogue_ = options.catalogue;
  files_ = options.files;
  if (files_ == nullptr && options.directory.empty()) {
    owned_files_ = std::make_unique<MemoryFileSystem>();
  } else if (files_ == nullptr) {
    absl::StatusOr<std::unique_ptr<PosixFileSystem>> files =
        PosixFileSystem::OpenRoot(options.directory);
    if (!files.ok()) return files.status();
    owned_files_ = *std::move(files);
  }
  if (files_ == nullptr) files_ = owned_files_.get();
  if (catalogue_ == nullptr && options.directory.empty()) {
    owned_catalogue_ = std::make_unique<MemoryCatalogue>();
  } else if (catalogue_ == nullptr) {
    absl::StatusOr<std::unique_ptr<SqliteCatalogue>> catalogue =
        SqliteCatalogue::Open({.path = options.directory + "/catalogue.db",
                               .directory = files_,
                               .vfs = options.sqlite_vfs});
    if (!catalogue.ok()) return catalogue.status();
    sqlite_ = catalogue->get();
    owned_catalogue_ = *std::move(catalogue);
  }
  if (catalogue_ == nullptr) catalogue_ = owned_catalogue_.get();
  return absl::OkStatus();
}

Store Stores::store() const {
  return {.models = models_.get(),
          .datasets = datasets_.get(),
          .uploads = uploads_.get(),
          .requests = requests_.get(),
          .catalogue = catalogue_,
          .files = files_};
}

void Stores::SetAddress(absl::string_view address) {
  if (lock_.has_value()) lock_->SetAddress(address);
}

void Stores::Sweep() {
  uploads_->Sweep();
  if (const absl::Status status = requests_->Sweep(); !status.ok()) LogWarning(status.message());
}

}  // namespace fnn::server
