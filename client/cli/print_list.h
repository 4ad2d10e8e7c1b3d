#ifndef FNN_CLIENT_CLI_PRINT_LIST_H_
#define FNN_CLIENT_CLI_PRINT_LIST_H_

#include <ostream>
#include <utility>

#include "absl/status/status.h"
#include "client/cli/context.h"
#include "client/cli/json.h"
#include "client/cli/table.h"
#include "fnn/stream_range.h"

namespace fnn::cli {

// Prints what a range lists, an empty list included: rows of a table, one JSON document that is a
// `Page` with all items, or a line of JSON for each. `add` adds an item to a page, `row` gives its
// cells. Where the range ends in an error, a table and a document are not printed at all.
template <typename Page, typename T, typename Add, typename Row>
absl::Status PrintList(Context& context, StreamRange<T> range, Table table, Add add, Row row) {
  Page page;
  for (absl::StatusOr<T>& item : range) {
    if (!item.ok()) return item.status();
    switch (context.format) {
      case Format::kTable:
        table.AddRow(row(*item));
        break;
      case Format::kJson:
        *add(page) = *std::move(item);
        break;
      case Format::kNdjson:
        PrintJson(context, *item);
        break;
      case Format::kCsv:  // Refused before.
        break;
    }
  }
  if (context.format == Format::kTable) context.env.out << table.ToString();
  if (context.format == Format::kJson) PrintJson(context, page);
  return absl::OkStatus();
}

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_PRINT_LIST_H_
