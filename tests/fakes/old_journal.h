// The journal of an older dbssd, as it was written then.
#pragma once

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "journal/sqlite.h"

namespace dbssd::fakes {

inline void write_journal_of_schema(int schema, const std::string& path) {
  using journal::sqlite::Connection;
  std::ifstream file(DBSSD_SOURCE_DIR "/tests/fakes/journal_schema_" + std::to_string(schema) + ".sql");
  const std::string script{std::istreambuf_iterator<char>(file), {}};
  auto connection = Connection::open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (!file || !connection || !connection->execute("PRAGMA journal_mode = WAL") ||
      !connection->execute("BEGIN;" + script + "COMMIT;"))
    throw std::runtime_error("no journal of schema " + std::to_string(schema));
}

/// Each row that the file of that schema has, by the columns that it had, as text: "run|prod|1741503600|…".
[[nodiscard]] inline std::vector<std::string> rows_of_schema(int schema, const std::string& path) {
  using journal::sqlite::Connection;
  auto connection = Connection::open(path, SQLITE_OPEN_READWRITE).value();
  const auto texts = [&connection](const std::string& sql) {
    std::vector<std::string> rows;
    auto statement = connection.prepare(sql).value();
    while (statement.step().value()) rows.emplace_back(statement.text(0));
    return rows;
  };
  std::string since =
      "('sent_begin', 'sent_end', 'archive_error', 'vanished_at', 'listed_at', 'succeeded_from', "
      "'task_switch', "
      "'clock_hold'";
  since += schema == 1 ? ", 'archived_bytes', 'archived_sha256', 'archive_removed_at')" : ")";
  std::vector<std::string> all;
  std::vector<std::string> tables{"instance", "start", "schedule", "run", "job", "summary"};
  if (schema >= 3) tables.emplace_back("project_state");
  for (const std::string& table : tables) {
    std::string row = "'" + table + "'";
    for (const std::string& column :
         texts("SELECT name FROM pragma_table_info('" + table + "') WHERE name NOT IN " + since))
      row += " || '|' || quote(" + column + ")";
    for (std::string& text : texts("SELECT " + row + " FROM " + table + " ORDER BY 1"))
      all.push_back(std::move(text));
  }
  return all;
}

}  // namespace dbssd::fakes
