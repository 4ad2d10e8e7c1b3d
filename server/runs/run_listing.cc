#include "server/runs/run_listing.h"

namespace fnn::server {

const Listing<std::shared_ptr<Run>>& RunListing() {
  using Item = std::shared_ptr<Run>;
  static const auto& listing = *new Listing<Item>(
      "name",
      {{{"name", FieldType::kText, true},
        [](const Item& run, absl::string_view) { return FieldValue(run->name()); }},
       {{"state", FieldType::kChoice, false, v1::RunState_descriptor()},
        [](const Item& run, absl::string_view) { return FieldValue(int64_t{run->state()}); }},
       {{"model", FieldType::kText},
        [](const Item& run, absl::string_view) { return FieldValue(run->model()); }},
       {{"priority", FieldType::kInteger, true},
        [](const Item& run, absl::string_view) { return FieldValue(int64_t{run->priority()}); }},
       {{"create_time", FieldType::kTime, true},
        [](const Item& run, absl::string_view) { return TimeValue(run->fixed().create_time()); }},
       {{"labels", FieldType::kLabels}, [](const Item& run, absl::string_view key) {
          return LabelValue(run->fixed().labels(), key);
        }}});
  return listing;
}

}  // namespace fnn::server
