#include "journal/rows.h"

namespace dbssd::journal::sqlite {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string upsert_sql(std::string_view table, const std::vector<std::string>& columns, int keys) {
  std::vector<std::string> values{"?1"};
  std::vector<std::string> key{"project"};
  std::vector<std::string> changes;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    values.push_back("?" + std::to_string(i + 2));
    if (i < static_cast<std::size_t>(keys)) {
      key.push_back(columns[i]);
    } else {
      changes.push_back(columns[i] + " = excluded." + columns[i]);
    }
  }
  return "INSERT INTO " + std::string(table) + " (project, " + joined(columns) + ") VALUES (" +
         joined(values) + ") ON CONFLICT (" + joined(key) + ") DO UPDATE SET " + joined(changes);
}

}  // namespace dbssd::journal::sqlite
