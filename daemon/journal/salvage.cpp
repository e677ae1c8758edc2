#include "journal/salvage.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "base/errno_text.h"
#include "journal/batch_writer.h"
#include "journal/schema.h"

namespace dbssd::journal::sqlite {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kPage = 4096;  ///< SQLite's, of all that we write

struct Tally {
  std::size_t carried = 0;
  std::vector<std::string> damaged;  ///< tables that could not be read whole
};

/// Carries one table over, page by page around what is damaged: where reading on from a row fails, it tries
/// ever further ahead until something answers, then closes in on the first row that does.
template <class Record>
class TableSalvage {
 public:
  TableSalvage(Connection& from, BatchWriter& to, Tally& tally)
      : from_(from), to_(to), tally_(tally), columns_(columns_of(from)) {}

  Expected<void> run() {
    if (is_too_old(from_)) return {};
    bool whole = true;
    for (std::int64_t next = 0;;) {
      const auto ended = read_from(next);
      if (!ended) return fail(ended.error());
      if (*ended) break;
      whole = false;
      const auto ahead = first_readable_after(last_ + 1);
      if (!ahead) break;
      next = *ahead;
      last_ = next - 1;
    }
    if (!whole || refused_) tally_.damaged.emplace_back(Table<Record>::kName);
    return {};
  }

 private:
  static constexpr std::int64_t kFurthest = std::int64_t{1} << 40;

  static bool is_too_old(Connection& from) {
    if constexpr (requires { Table<Record>::kSince; }) {
      const auto version = from.integer("PRAGMA user_version");
      return version && *version > 0 && *version < Table<Record>::kSince;
    }
    return false;
  }

  /// What to select for each column: NULL, which reads as the empty value, for those that a file of an older
  /// schema lacks.
  static std::string columns_of(Connection& from) {
    const std::set<std::string> there = columns_there(from);
    std::vector<std::string> columns = column_names<Record>();
    for (std::string& column : columns)
      if (!there.empty() && !there.contains(column)) column = "NULL";
    return joined(columns);
  }

  static std::set<std::string> columns_there(Connection& from) {
    std::set<std::string> names;
    auto statement =
        from.prepare(std::string("SELECT name FROM pragma_table_info('") + Table<Record>::kName + "')");
    while (statement && statement->step().value_or(false)) names.emplace(statement->text(0));
    return names;
  }

  Expected<Statement> rows_from(std::int64_t rowid) {
    auto statement = from_.prepare("SELECT rowid, project, " + columns_ + " FROM " + Table<Record>::kName +
                                   " NOT INDEXED WHERE rowid >= ?1 ORDER BY rowid");
    if (statement) statement->bind(1, rowid);
    return statement;
  }

  /// True when the table's end was reached, false where damage stopped it. An error is the new file's.
  Expected<bool> read_from(std::int64_t rowid) {
    auto rows = rows_from(rowid);
    if (!rows) return false;
    for (bool is_first = true;;) {
      const auto row = rows->step();
      if (!row) return false;
      if (!*row) return true;
      if (is_first && rows->integer(0) < rowid) return false;  // a damaged page leads back
      is_first = false;
      last_ = std::max(last_, rows->integer(0));
      const auto record = read_row<Record>(*rows, 2);
      const auto written = record && is_whole(*rows) ? to_.write_one(std::string(rows->text(1)), *record)
                                                     : Expected<void>(fail(ErrorKind::rejected, "not whole"));
      if (written) {
        ++tally_.carried;
      } else if (written.error().kind == ErrorKind::rejected) {
        refused_ = true;
      } else {
        return fail(written.error());
      }
    }
  }

  /// SQLite reads the missing end of a cut page as zeros; in the texts that we write there are none.
  static bool is_whole(const Statement& row) {
    for (int at = 1; at < row.columns(); ++at)
      if (row.text(at).find('\0') != std::string_view::npos) return false;
    return true;
  }

  bool readable(std::int64_t rowid) {
    auto rows = rows_from(rowid);
    return rows && rows->step().value_or(false) && rows->integer(0) >= rowid;
  }

  std::optional<std::int64_t> first_readable_after(std::int64_t rowid) {
    std::int64_t step = 1;
    while (step < kFurthest && !readable(rowid + step)) step *= 2;
    if (step >= kFurthest) return std::nullopt;
    std::int64_t bad = rowid + step / 2, good = rowid + step;
    while (bad + 1 < good) {
      const std::int64_t middle = bad + (good - bad) / 2;
      (readable(middle) ? good : bad) = middle;
    }
    return good;
  }

  Connection& from_;
  BatchWriter& to_;
  Tally& tally_;
  const std::string columns_;
  std::int64_t last_ = -1;  // of the rows read so far
  bool refused_ = false;
};

template <class... Records>
Expected<void> carry_over(Connection& from, BatchWriter& to, Tally& tally) {
  Expected<void> done;
  static_cast<void>(((done = TableSalvage<Records>(from, to, tally).run()) && ...));
  return done;
}

/// SQLite reads nothing of a file that is shorter than its header says, or whose schema is damaged, unless it
/// is told that the schema is to be mended by hand. Here it is read only.
void accept_damage(Connection& connection) {
  sqlite3_db_config(connection.handle(), SQLITE_DBCONFIG_DEFENSIVE, 0, nullptr);
  sqlite3_db_config(connection.handle(), SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1, nullptr);
  // Where the schema is damaged, the first statement fails, and leaves what could be read of it.
  static_cast<void>(connection.prepare("SELECT 1 FROM sqlite_schema"));
}

/// Writes a new journal at `to` with what can be read of the one at `from`, in one transaction.
Expected<Tally> salvage(const std::string& from, const std::string& to) {
  Tally tally;
  auto fresh = Connection::open(to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (!fresh) return fail(std::move(fresh.error()));
  if (auto made = migrate(*fresh); !made) return fail(std::move(made.error()));
  auto writer = BatchWriter::on(*fresh);
  if (!writer) return fail(std::move(writer.error()));
  // An empty file tells nothing, and SQLite would remove the log beside it.
  std::error_code ignored;
  auto damaged =
      Connection::open(fs::file_size(from, ignored) == 0 ? ":memory:" : from, SQLITE_OPEN_READONLY);
  // Not of a file that ends within a page: what that one lacks would be read as zeros.
  if (damaged && fs::file_size(from, ignored) % kPage == 0) accept_damage(*damaged);
  auto done = fresh->execute("BEGIN").and_then([&]() -> Expected<void> {
    if (!damaged) return {};
    return carry_over<ProjectRecord, InstanceRecord, StartRecord, ScheduleRecord, RunRecord, JobRecord,
                      SummaryRecord>(*damaged, *writer, tally);
  });
  if (done) done = fresh->execute("COMMIT");
  if (!done) return fail(std::move(done.error()));
  return tally;
}

Expected<void> rename(const std::string& from, const std::string& to) {
  std::error_code failure;
  fs::rename(from, to, failure);
  if (failure)
    return fail(ErrorKind::internal, from + ": cannot be renamed to " + to + ": " + failure.message());
  return {};
}

/// Makes the renames in a file's directory survive a power cut.
Expected<void> sync_directory_of(const std::string& path) {
  const std::string directory = fs::path(path).parent_path().string();
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  const int number = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (!synced) return fail(ErrorKind::internal, directory + ": " + errno_text(number));
  return {};
}

void remove_database(const std::string& path) {
  std::error_code ignored;
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) fs::remove(path + suffix, ignored);
}

std::string sentence_of(const Tally& tally) {
  std::string text = "; " + std::to_string(tally.carried) + " records were carried over";
  if (tally.damaged.empty()) return text + ", all that it had";
  text += ", not all could be read of:";
  for (const std::string& table : tally.damaged) text += ' ' + table;
  return text;
}

}  // namespace

Expected<std::string> set_aside(const std::string& path) {
  const Instant now = std::chrono::floor<Seconds>(std::chrono::system_clock::now());
  std::string stamp = format_utc(now);
  std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
  std::string aside = path + ".corrupt-" + stamp;
  for (int again = 2; fs::exists(aside); ++again)
    aside = path + ".corrupt-" + stamp + '.' + std::to_string(again);
  for (const char* suffix : {"", "-wal", "-shm"}) {
    if (!fs::exists(path + suffix)) continue;
    if (auto moved = rename(path + suffix, aside + suffix); !moved) return fail(std::move(moved.error()));
  }
  if (auto synced = sync_directory_of(path); !synced) return fail(std::move(synced.error()));
  return aside;
}

// PATH.rebuilding becomes PATH.rebuilt once it is complete, and only then is the damaged file moved: so a
// missing PATH beside a PATH.rebuilt is a rebuild that lacks nothing but its last step.
Expected<std::string> rebuild(const std::string& path, std::string_view finding) {
  const std::string unfinished = path + ".rebuilding", finished = path + ".rebuilt";
  remove_database(unfinished);
  remove_database(finished);
  const int created = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  if (created >= 0) ::close(created);  // where this fails, SQLite says why
  auto tally = salvage(path, unfinished);
  if (!tally) {
    remove_database(unfinished);
    tally.error().message =
        path + ": is damaged (" + std::string(finding) + ") and cannot be rebuilt: " + tally.error().message;
    return fail(std::move(tally.error()));
  }
  if (auto done = rename(unfinished, finished); !done) return fail(std::move(done.error()));
  if (auto done = sync_directory_of(path); !done) return fail(std::move(done.error()));
  auto aside = set_aside(path);
  if (!aside) return aside;
  auto done = rename(finished, path).and_then([&] { return sync_directory_of(path); });
  if (!done) return fail(std::move(done.error()));
  return path + " was damaged (" + std::string(finding) + ") and is kept as " + *aside + sentence_of(*tally);
}

Expected<std::string> finish_rebuild(const std::string& path) {
  const std::string finished = path + ".rebuilt";
  std::error_code ignored;
  if (fs::exists(path, ignored) || !fs::exists(finished, ignored)) return std::string();
  auto aside = set_aside(path);
  if (!aside) return aside;
  auto done = rename(finished, path).and_then([&] { return sync_directory_of(path); });
  if (!done) return fail(std::move(done.error()));
  return path + " was damaged and is kept as " + path +
         ".corrupt-…; its rebuilding was interrupted and has now been completed";
}

}  // namespace dbssd::journal::sqlite
