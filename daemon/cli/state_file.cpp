#include "cli/state_file.h"

#include <filesystem>
#include <ostream>
#include <system_error>
#include <utility>

#include "journal/sqlite_journal.h"

namespace dbssd::cli {

Expected<std::unique_ptr<journal::Journal>> open_state(const std::string& path, std::ostream& err) {
  auto opened = journal::open_sqlite(path, journal::Access::read_only);
  if (!opened) return fail(std::move(opened.error()));
  std::error_code ignored;  // what cannot be looked at was refused above
  if (!std::filesystem::exists(path, ignored))
    err << "dbssd: " << path << ": there is no such file yet: nothing is recorded\n";
  return std::move(opened->journal);
}

std::unique_ptr<journal::Journal> require_state(const std::string& path, std::ostream& err) {
  auto opened = open_state(path, err);
  if (opened) return std::move(*opened);
  err << "dbssd: " << opened.error().message << '\n';
  return nullptr;
}

}  // namespace dbssd::cli
