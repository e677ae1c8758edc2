// Records in and out of a connection, by the columns of columns.h.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "journal/columns.h"
#include "journal/sqlite.h"
#include "journal/values.h"

namespace dbssd::journal::sqlite {

/// "report, instance, …" in the order of Table<Record>::each.
template <class Record>
[[nodiscard]] std::vector<std::string> column_names() {
  std::vector<std::string> names;
  Record record;
  Table<Record>::each(record, [&names](const char* name, const auto&) { names.emplace_back(name); });
  return names;
}

[[nodiscard]] std::string upsert_sql(std::string_view table, const std::vector<std::string>& columns,
                                     int keys);
[[nodiscard]] std::string joined(const std::vector<std::string>& names);

/// Writes records of one kind over those of the same key.
template <class Record>
class Upsert {
 public:
  [[nodiscard]] Expected<void> prepare(Connection& connection) {
    auto statement =
        connection.prepare(upsert_sql(Table<Record>::kName, column_names<Record>(), Table<Record>::kKeys));
    if (!statement) return fail(std::move(statement.error()));
    statement_ = std::move(*statement);
    return {};
  }

  /// Fails with `rejected` where a constraint or a trigger says no.
  [[nodiscard]] Expected<void> write(const std::string& project, const Record& record) {
    statement_.bind(1, std::string_view(project));
    Binder bind(statement_, 2);
    Table<Record>::each(record, [&bind](const char*, const auto& value) { bind(value); });
    return statement_.run();
  }

 private:
  Statement statement_;
};

/// The record in the current row of a statement that selects the columns from `first` on.
template <class Record>
[[nodiscard]] Expected<Record> read_row(const Statement& row, int first = 0) {
  Record record;
  RowReader read(row, first);
  Table<Record>::each(record, [&read](const char*, auto& value) { read(value); });
  if (read.failed()) {
    return fail(ErrorKind::internal, std::string("a record of table ") + Table<Record>::kName +
                                         " has a value that this dbssd does not know");
  }
  return record;
}

template <class Record>
[[nodiscard]] std::string select_sql(std::string_view rest) {
  return "SELECT " + joined(column_names<Record>()) + " FROM " + Table<Record>::kName + ' ' +
         std::string(rest);
}

/// Records of a project. `rest` is what follows the table's name; it has ?1 for the project, ?2… for
/// `parameters`.
template <class Record, class... Parameters>
[[nodiscard]] Expected<std::vector<Record>> select(Connection& connection, const ProjectName& project,
                                                   std::string_view rest, const Parameters&... parameters) {
  auto statement = connection.prepare(select_sql<Record>(rest));
  if (!statement) return fail(std::move(statement.error()));
  Binder bind(*statement, 1);
  bind(project);
  (bind(parameters), ...);
  std::vector<Record> records;
  for (;;) {
    const auto row = statement->step();
    if (!row) return fail(row.error());
    if (!*row) return records;
    auto record = read_row<Record>(*statement);
    if (!record) return fail(std::move(record.error()));
    records.push_back(std::move(*record));
  }
}

}  // namespace dbssd::journal::sqlite
