#ifndef FNN_CLIENT_CLI_TABLE_H_
#define FNN_CLIENT_CLI_TABLE_H_

#include <string>
#include <utility>
#include <vector>

namespace fnn::cli {

// A table of text: columns as wide as their widest cell, two spaces apart. Control characters in
// cells are replaced.
class Table {
 public:
  enum class Align { kLeft, kRight };
  struct Column {
    std::string header;
    Align align = Align::kLeft;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // `cells`: as many as there are columns.
  void AddRow(std::vector<std::string> cells);

  // The headers and the rows, each line ended by a newline. Headers alone where there are no rows.
  std::string ToString() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// Lines of a name and a value, the values below one another. Lines without a value are left out.
std::string NamesAndValues(const std::vector<std::pair<std::string, std::string>>& lines);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_TABLE_H_
