#include "integration/harness/database.h"

#include <sqlite3.h>

#include <memory>
#include <stdexcept>

namespace integration {

std::vector<std::string> query(const std::string& path, const std::string& sql) {
  sqlite3* handle = nullptr;
  const int opened = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
  const std::unique_ptr<sqlite3, int (*)(sqlite3*)> database(handle, sqlite3_close);
  if (opened != SQLITE_OK) throw std::runtime_error("cannot open " + path);
  sqlite3_busy_timeout(handle, 10'000);
  std::vector<std::string> found;
  const auto take = [](void* into, int columns, char** values, char**) {
    std::string row;
    for (int i = 0; i < columns; ++i)
      row += (i == 0 ? "" : " ") + std::string(values[i] ? values[i] : "NULL");
    static_cast<std::vector<std::string>*>(into)->push_back(std::move(row));
    return 0;
  };
  if (sqlite3_exec(handle, sql.c_str(), take, &found, nullptr) != SQLITE_OK)
    throw std::runtime_error(sql + ": " + sqlite3_errmsg(handle));
  return found;
}

}  // namespace integration
