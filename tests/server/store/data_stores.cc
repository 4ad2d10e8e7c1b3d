#include "tests/server/store/data_stores.h"

#include <algorithm>
#include <utility>

#include "core/data/table_file.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace fnn::server {

using fnn::testing::IsOk;

absl::Status DataStores::Open(Catalogue* catalogue, FileSystem* files, MemoryBudget* budget,
                              const UploadStore::Options& options) {
  Close();
  auto opened_datasets = DatasetStore::Open(catalogue, files, budget);
  if (!opened_datasets.ok()) return opened_datasets.status();
  auto opened_uploads = UploadStore::Open(catalogue, files, budget, options);
  if (!opened_uploads.ok()) return opened_uploads.status();
  datasets = *std::move(opened_datasets);
  uploads = *std::move(opened_uploads);
  return absl::OkStatus();
}

absl::StatusOr<v1::Dataset> DataStores::Finish(const std::string& upload) {
  const auto finished = uploads->Finish(
      upload, std::nullopt, [this](const UploadedFile& file) -> absl::StatusOr<v1::Dataset> {
        if (absl::Status status = datasets->CheckFree(file.upload.dataset()); !status.ok()) {
          return status;
        }
        auto draft = datasets->NewDraft(int64_t{1} << 30);
        if (!draft.ok()) return draft.status();
        auto table = core::ReadTableFile(file.bytes, file.upload.format(), **draft,
                                         core::FieldPath("upload"));
        if (!table.ok()) return table.status();
        return datasets->Create(
            {file.upload.dataset(), file.upload.description(), file.upload.labels()},
            *std::move(draft), *std::move(table), file.end);
      });
  if (!finished.ok()) return finished.status();
  return datasets->Get(finished->dataset);
}

absl::StatusOr<v1::Dataset> AddDataset(DatasetStore& store, const NewDataset& dataset,
                                       const std::vector<std::string>& columns,
                                       const std::vector<float>& values) {
  auto draft = store.NewDraft(int64_t{1} << 30);
  if (!draft.ok()) return draft.status();
  const bool bytes = std::all_of(values.begin(), values.end(), core::FitsUint8);
  const auto rows = static_cast<int64_t>(values.size() / columns.size());
  auto writer = (*draft)->Begin(
      columns, bytes ? core::ElementType::kUint8 : core::ElementType::kFloat32, rows);
  if (!writer.ok()) return writer.status();
  if (absl::Status status = writer->Append(values); !status.ok()) return status;
  auto table = std::move(*writer).Finish();
  if (!table.ok()) return table.status();
  return store.Create(dataset, *std::move(draft), *std::move(table));
}

std::string ReadFile(const FileSystem& files, absl::string_view path) {
  const auto bytes = files.FileSystem::Map(path);
  EXPECT_THAT(bytes, IsOk());
  return bytes.ok() ? std::string(bytes->text()) : "";
}

void WriteFile(FileSystem& files, absl::string_view path, absl::string_view bytes) {
  const auto file = files.Create(path);
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT((*file)->Append(bytes), IsOk());
  ASSERT_THAT((*file)->Sync(), IsOk());
}

}  // namespace fnn::server
