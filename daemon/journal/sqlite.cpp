#include "journal/sqlite.h"

#include <utility>

#include "base/errno_text.h"

namespace dbssd::journal::sqlite {
namespace {

std::string file_of(sqlite3* handle) {
  const char* name = handle == nullptr ? nullptr : sqlite3_db_filename(handle, "main");
  return name == nullptr || *name == '\0' ? "the journal" : name;
}

std::string system_reason(sqlite3* handle) {
  const int number = handle == nullptr ? 0 : sqlite3_system_errno(handle);
  return number == 0 ? "" : " (" + errno_text(number) + ")";
}

}  // namespace

Error error_of(sqlite3* handle, int code) { return error_of(handle, code, file_of(handle)); }

Error error_of(sqlite3* handle, int code, const std::string& file) {
  Error error;
  const std::string said = handle == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle);
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
      error.kind = ErrorKind::rejected;
      error.message = said;
      return error;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      error.kind = ErrorKind::malformed;
      error.message = "is damaged (" + said + "): a restart sets it aside and carries over what can be read";
      break;
    case SQLITE_FULL:
      error.message = "no space left for it: free some; nothing of this was recorded";
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      error.message = "is locked by another program: end its transaction (an open sqlite3 shell?)";
      break;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY:
    case SQLITE_IOERR:
      error.message = said + system_reason(handle);
      break;
    default:
      error.message = said;
  }
  error.message = file + ": " + error.message;
  return error;
}

void Statement::note(int code) {
  if (bind_code_ == SQLITE_OK) bind_code_ = code;
}

void Statement::bind(int at, std::int64_t value) { note(sqlite3_bind_int64(handle_.get(), at, value)); }

void Statement::bind(int at, std::string_view value) {
  // An empty view may have no address, which SQLite would take for NULL.
  const char* bytes = value.data() == nullptr ? "" : value.data();
  note(sqlite3_bind_text64(handle_.get(), at, bytes, value.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::bind_null(int at) { note(sqlite3_bind_null(handle_.get(), at)); }

Expected<bool> Statement::step() {
  sqlite3* const connection = sqlite3_db_handle(handle_.get());
  if (bind_code_ != SQLITE_OK) {
    Error error = error_of(connection, bind_code_);
    reset();
    return fail(std::move(error));
  }
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  Error error = error_of(connection, sqlite3_extended_errcode(connection));
  reset();
  return fail(std::move(error));
}

Expected<void> Statement::run() {
  for (;;) {
    const auto row = step();
    if (!row) return fail(row.error());
    if (!*row) break;
  }
  reset();
  return {};
}

void Statement::reset() {
  // Both repeat the code of the step before, which has been reported.
  static_cast<void>(sqlite3_reset(handle_.get()));
  static_cast<void>(sqlite3_clear_bindings(handle_.get()));
  bind_code_ = SQLITE_OK;
}

int Statement::columns() const { return sqlite3_column_count(handle_.get()); }

bool Statement::is_null(int at) const { return sqlite3_column_type(handle_.get(), at) == SQLITE_NULL; }

std::int64_t Statement::integer(int at) const { return sqlite3_column_int64(handle_.get(), at); }

std::string_view Statement::text(int at) const {
  const void* bytes = sqlite3_column_blob(handle_.get(), at);
  const int size = sqlite3_column_bytes(handle_.get(), at);
  return bytes == nullptr ? std::string_view()
                          : std::string_view(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

Expected<Connection> Connection::open(const std::string& path, int flags) {
  Connection connection;
  sqlite3* handle = nullptr;
  int code =
      sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  connection.handle_.reset(handle);  // there is one to close also where opening failed
  if (code == SQLITE_OK) code = sqlite3_busy_timeout(handle, kBusyMillis);
  if (code == SQLITE_OK) code = sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  if (code == SQLITE_OK) code = sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  if (code == SQLITE_OK) code = sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
  if (code == SQLITE_OK) code = sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  if (code != SQLITE_OK) return fail(error_of(handle, code, path));
  return connection;
}

Expected<Statement> Connection::prepare(std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  if (code != SQLITE_OK) return fail(error_of(handle_.get(), code));
  return Statement(handle);
}

Expected<void> Connection::execute(const std::string& script) {
  const int code = sqlite3_exec(handle_.get(), script.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return fail(error_of(handle_.get(), code));
  return {};
}

Expected<std::int64_t> Connection::integer(std::string_view sql) {
  auto statement = prepare(sql);
  if (!statement) return fail(std::move(statement.error()));
  const auto row = statement->step();
  if (!row) return fail(row.error());
  return *row ? statement->integer(0) : 0;
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

std::size_t Connection::changes() const { return static_cast<std::size_t>(sqlite3_changes64(handle_.get())); }

}  // namespace dbssd::journal::sqlite
