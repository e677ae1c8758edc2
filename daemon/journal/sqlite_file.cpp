#include "journal/sqlite_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>

#include "journal/salvage.h"
#include "journal/schema.h"

namespace dbssd::journal::sqlite {
namespace {

namespace fs = std::filesystem;

/// Up to here a file is looked over at every start, for that costs some 50 ms; a larger one after an unclean
/// end only.
constexpr std::uintmax_t kAlwaysChecked = std::uintmax_t{16} << 20;

enum class Check { glance, whole };

/// So that -wal and -shm, which SQLite makes alike, can be read by the group and by nobody else.
Expected<void> create_where_missing(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (descriptor < 0) {
    return fail(ErrorKind::internal,
                path + ": " + std::generic_category().message(errno) +
                    ": the user that dbssd runs as must be able to write it and its directory");
  }
  ::close(descriptor);
  return {};
}

/// A cut file is told by its length; anything else takes reading all of it.
Expected<void> look_over(Connection& connection, const std::string& path, Check check) {
  if (check == Check::whole) {
    auto statement = connection.prepare("PRAGMA integrity_check(1)");
    if (!statement) return fail(std::move(statement.error()));
    const auto row = statement->step();
    if (!row) return fail(row.error());
    const std::string finding(statement->text(0));
    if (finding != "ok") return fail(ErrorKind::malformed, finding);
    return {};
  }
  const auto pages = connection.integer("PRAGMA page_count");
  if (!pages) return fail(pages.error());
  const auto page = connection.integer("PRAGMA page_size");
  if (!page) return fail(page.error());
  std::error_code ignored;
  if (fs::file_size(path, ignored) < static_cast<std::uintmax_t>(*pages * *page))
    return fail(ErrorKind::malformed, "the file is shorter than it says");
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
                  .and_then([&](int) { return look_over(*connection, path, check); })
                  .and_then([&] { return connection->integer("PRAGMA wal_autocheckpoint = 2000"); })
                  .and_then([&](std::int64_t) {
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
  auto lock = FileLock::acquire(path + ".lock");
  if (!lock) return fail(std::move(lock.error()));
  WritableFile file;
  file.lock = std::move(*lock);
  const bool used_before = file.lock.last_end() != FileLock::LastEnd::none;

  auto told = finish_rebuild(path);
  if (told && told->empty() && used_before) told = notice_of_loss(path);
  if (!told) return fail(std::move(told.error()));
  file.recovered = std::move(*told);

  std::error_code ignored;
  const bool small = fs::file_size(path, ignored) <= kAlwaysChecked;
  const bool trusted = file.lock.last_end() == FileLock::LastEnd::clean && !small;
  auto connection = open_checked(path, trusted ? Check::glance : Check::whole);
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
    connection = open_checked(path, Check::glance);
  }
  if (!connection) return fail(std::move(connection.error()));
  if (auto marked = file.lock.in_use(); !marked) return fail(std::move(marked.error()));
  file.connection = std::move(*connection);
  return file;
}

Expected<Connection> open_to_read(const std::string& path) {
  std::error_code ignored;
  if (fs::exists(path, ignored)) {
    auto connection = Connection::open(path, SQLITE_OPEN_READONLY);
    if (!connection) return connection;
    const auto version = version_of(*connection);
    if (!version) return fail(version.error());
    if (*version == schema_version()) return connection;
    if (*version != 0) {
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
