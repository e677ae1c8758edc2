#include "journal/sqlite_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/errno_text.h"
#include "journal/salvage.h"
#include "journal/schema.h"

namespace dbssd::journal::sqlite {
namespace {

namespace fs = std::filesystem;

/// Up to this size, reading all of a file and comparing its indexes costs less than 50 ms, and is done at
/// every start.
constexpr std::uintmax_t kSmall = std::uintmax_t{4} << 20;

/// How much of a file is read before it is trusted. 400,000 runs are 250 MB: `pages` takes 0.4 s for them,
/// `all` 2.7 s. SQLite itself refuses a file that is shorter than its header says.
enum class Check { header, pages, all };

Check check_for(FileLock::LastEnd last_end, std::uintmax_t size) {
  if (size <= kSmall || last_end == FileLock::LastEnd::damaged) return Check::all;
  return last_end == FileLock::LastEnd::clean ? Check::header : Check::pages;
}

/// So that -wal and -shm, which SQLite makes alike, can be read by the group and by nobody else.
Expected<void> create_where_missing(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (descriptor < 0) {
    return fail(ErrorKind::internal,
                path + ": " + errno_text(errno) +
                    ": the user that dbssd runs as must be able to write it and its directory");
  }
  ::close(descriptor);
  return {};
}

Expected<void> look_over(Connection& connection, Check check) {
  if (check == Check::header) return {};
  auto statement =
      connection.prepare(check == Check::all ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)");
  if (!statement) return fail(std::move(statement.error()));
  const auto row = statement->step();
  if (!row) return fail(row.error());
  const std::string finding(statement->text(0));
  if (finding != "ok") return fail(ErrorKind::malformed, finding);
  return {};
}

/// Opens the file, trusts it as far as `check` allows, and makes it ready to be written. `malformed` where it
/// is damaged.
Expected<Connection> open_checked(const std::string& path, Check check) {
  if (auto done = create_where_missing(path); !done) return fail(std::move(done.error()));
  auto connection = Connection::open(path, SQLITE_OPEN_READWRITE);
  if (!connection) return connection;
  // The log is kept when the last connection closes: who may only read could not make another.
  int keep = 1;
  static_cast<void>(sqlite3_file_control(connection->handle(), "main", SQLITE_FCNTL_PERSIST_WAL, &keep));
  auto done = version_of(*connection)
                  .and_then([&](int) { return look_over(*connection, check); })
                  .and_then([&] {
                    return connection->execute(
                        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;"
                        "PRAGMA cache_size = -8192; PRAGMA journal_size_limit = 33554432;"
                        "PRAGMA analysis_limit = 400");
                  })
                  .and_then([&] { return migrate(*connection); });
  if (!done) return fail(std::move(done.error()));
  return connection;
}

/// What is there in place of a journal that a dbssd has used.
Expected<std::string> notice_of_loss(const std::string& path) {
  std::error_code ignored;
  if (fs::exists(path, ignored)) {
    return fs::file_size(path, ignored) == 0 ? rebuild(path, "it is empty")
                                             : Expected<std::string>(std::string());
  }
  std::string text = path + " is gone, though it was there at the last start: a new journal is begun";
  if (fs::exists(path + "-wal", ignored)) {
    auto aside = set_aside(path);
    if (!aside) return aside;
    text += ", what was left of the old one is kept as " + *aside + "-wal";
  }
  return text;
}

}  // namespace

Expected<std::string> resolved(const std::string& path) {
  std::error_code failure;
  const fs::path file = fs::weakly_canonical(fs::absolute(path, failure), failure);
  if (failure) return fail(ErrorKind::internal, path + ": " + failure.message());
  const std::string directory = file.parent_path().string();
  const auto there = fs::status(directory, failure);
  if (there.type() == fs::file_type::not_found) {
    return fail(ErrorKind::internal, directory +
                                         ": no such directory: create it for the user that dbssd runs as "
                                         "(systemd does, by StateDirectory=), or change state.path");
  }
  if (!fs::is_directory(there))
    return fail(ErrorKind::internal, directory + ": is not a directory: change state.path");
  const auto it = fs::status(file, failure);
  if (fs::exists(it) && !fs::is_regular_file(it))
    return fail(ErrorKind::internal, file.string() + ": is not a regular file: change state.path");
  return file.string();
}

Expected<WritableFile> open_to_write(const std::string& path) {
  auto lock = FileLock::acquire(lock_of(path));
  if (!lock) return fail(std::move(lock.error()));
  WritableFile file;
  file.lock = std::move(*lock);
  const bool used_before = file.lock.last_end() != FileLock::LastEnd::none;

  auto told = finish_rebuild(path);
  if (told && told->empty() && used_before) told = notice_of_loss(path);
  if (!told) return fail(std::move(told.error()));
  file.recovered = std::move(*told);

  std::error_code ignored;
  const std::uintmax_t size =
      fs::file_size(path, ignored);  // -1 where it is missing, and then nothing is read
  auto connection = open_checked(path, check_for(file.lock.last_end(), size));
  const auto damaged = [&] {
    if (connection) return false;
    const ErrorKind kind = connection.error().kind;
    return kind == ErrorKind::malformed || (kind == ErrorKind::rejected && used_before);
  };
  if (damaged()) {
    const std::string finding = connection.error().message;
    connection = Connection();
    auto rebuilt = rebuild(path, finding);
    if (!rebuilt) return fail(std::move(rebuilt.error()));
    file.recovered = std::move(*rebuilt);
    connection = open_checked(path, Check::header);
  }
  if (!connection) return fail(std::move(connection.error()));
  if (auto marked = file.lock.in_use(); !marked) return fail(std::move(marked.error()));
  file.connection = std::move(*connection);
  return file;
}

Expected<Connection> open_to_read(const std::string& path) {
  std::error_code failure;
  const auto there = fs::status(path, failure);
  if (!fs::status_known(there)) return fail(ErrorKind::internal, path + ": " + failure.message());
  if (fs::exists(there)) {
    auto connection = Connection::open(path, SQLITE_OPEN_READONLY);
    if (!connection) return connection;
    const auto version = version_of(*connection);
    if (!version) return fail(version.error());
    if (*version == schema_version()) return connection;
    const auto tables = connection->integer("SELECT count(*) FROM sqlite_schema");
    if (!tables) return fail(tables.error());
    if (*tables != 0) {
      return fail(ErrorKind::internal, path + ": is of an older dbssd (schema " + std::to_string(*version) +
                                           "): start the daemon once, it brings it up to date");
    }
  }
  auto empty = Connection::open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (!empty) return empty;
  if (auto made = migrate(*empty); !made) return fail(std::move(made.error()));
  return empty;
}

}  // namespace dbssd::journal::sqlite
