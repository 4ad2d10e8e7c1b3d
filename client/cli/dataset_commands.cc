#include "client/cli/dataset_commands.h"

#include <ostream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/json.h"
#include "client/cli/labels.h"
#include "client/cli/print_list.h"
#include "client/cli/table.h"
#include "client/cli/text.h"
#include "client/cli/upload_data.h"

namespace fnn::cli {
namespace {

// What a table shows of the columns: on request, since there may be many.
enum class Columns { kShown, kCounted };

Table ColumnTable(const v1::Dataset& dataset) {
  constexpr auto kRight = Table::Align::kRight;
  Table columns({{"COLUMN"},
                 {"MIN", kRight},
                 {"MAX", kRight},
                 {"MEAN", kRight},
                 {"DEVIATION", kRight},
                 {"VALUES"}});
  for (const v1::Column& column : dataset.columns()) {
    columns.AddRow({column.name(), Number(column.min()), Number(column.max()),
                    Number(column.mean()), Number(column.standard_deviation()),
                    column.categories_size() > 0 ? "category"
                    : column.integral()          ? "whole"
                                                 : "real"});
  }
  return columns;
}

// What the whole numbers of each column that was text stand for.
std::string Categories(const v1::Dataset& dataset) {
  Table categories({{"COLUMN"}, {"VALUE", Table::Align::kRight}, {"CATEGORY"}});
  bool any = false;
  for (const v1::Column& column : dataset.columns()) {
    for (int i = 0; i < column.categories_size(); ++i) {
      categories.AddRow({column.name(), absl::StrCat(i), column.categories(i)});
      any = true;
    }
  }
  return any ? absl::StrCat("\n", categories.ToString()) : "";
}

void Print(Context& context, const v1::Dataset& dataset, Columns columns) {
  if (context.format != Format::kTable) {
    PrintJson(context, dataset);
    return;
  }
  context.env.out << NamesAndValues({{"name", dataset.name()},
                                     {"description", dataset.description()},
                                     {"labels", LabelsText(dataset.labels())},
                                     {"rows", Count(dataset.rows())},
                                     {"columns", Count(dataset.columns_size())},
                                     {"size", Bytes(dataset.size_bytes())},
                                     {"digest", dataset.digest()},
                                     {"created", Time(dataset.create_time())}});
  if (columns == Columns::kShown) {
    context.env.out << "\n" << ColumnTable(dataset).ToString() << Categories(dataset);
  }
}

}  // namespace

absl::Status DatasetUpload(Context& context, const DatasetArgs& args) {
  const absl::StatusOr<v1::Dataset> dataset = UploadData(context, args);
  if (!dataset.ok()) return dataset.status();
  Print(context, *dataset, Columns::kCounted);
  return absl::OkStatus();
}

absl::Status DatasetGet(Context& context, const std::string& name) {
  const auto dataset = context.client.GetDataset(ResourceName("datasets", name));
  if (!dataset.ok()) return dataset.status();
  Print(context, *dataset, Columns::kShown);
  return absl::OkStatus();
}

absl::Status DatasetList(Context& context, const ListArgs& args) {
  constexpr auto kRight = Table::Align::kRight;
  Table table({{"NAME"}, {"ROWS", kRight}, {"COLUMNS", kRight}, {"SIZE", kRight}, {"CREATED"}});
  return PrintList<v1::ListDatasetsResponse>(
      context, context.client.ListDatasets(MakeListRequest<v1::ListDatasetsRequest>(args)),
      std::move(table), [](v1::ListDatasetsResponse& page) { return page.add_datasets(); },
      [](const v1::Dataset& dataset) -> std::vector<std::string> {
        return {dataset.name(), Count(dataset.rows()), Count(dataset.columns_size()),
                Bytes(dataset.size_bytes()), Time(dataset.create_time())};
      });
}

absl::Status DatasetDelete(Context& context, const std::string& name) {
  return context.client.DeleteDataset(ResourceName("datasets", name));
}

}  // namespace fnn::cli
