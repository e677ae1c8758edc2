// The little of SQLite's C interface that the journal needs: owned handles, every code checked, texts of any
// bytes.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/expected.h"

namespace dbssd::journal::sqlite {

/// How long a lock of another program is waited for.
inline constexpr int kBusyMillis = 5000;

/// A prepared statement. Belongs to the thread that has its connection, and must go before the connection
/// goes.
class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}

  // Parameters count from 1. A value that cannot be bound fails the next step. Texts are not copied: they
  // must live until reset().
  void bind(int at, std::int64_t value);
  void bind(int at, std::string_view value);
  void bind_null(int at);

  /// True when there is a row to read.
  [[nodiscard]] Expected<bool> step();
  /// Steps to the end and resets.
  [[nodiscard]] Expected<void> run();
  void reset();

  // Columns of the current row count from 0. Texts live until the next step or reset.
  [[nodiscard]] int columns() const;
  [[nodiscard]] bool is_null(int at) const;
  [[nodiscard]] std::int64_t integer(int at) const;
  [[nodiscard]] std::string_view text(int at) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
  };
  void note(int code);

  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
  int bind_code_ = SQLITE_OK;
};

/// An open database. One thread at a time.
class Connection {
 public:
  Connection() = default;
  /// `flags` are SQLITE_OPEN_…. Double-quoted strings are off, foreign keys on, waits for a lock last five
  /// seconds.
  [[nodiscard]] static Expected<Connection> open(const std::string& path, int flags);

  [[nodiscard]] Expected<Statement> prepare(std::string_view sql);
  /// Runs a script of statements that answer nothing.
  [[nodiscard]] Expected<void> execute(const std::string& script);
  /// The first value that a query answers; nothing found is 0.
  [[nodiscard]] Expected<std::int64_t> integer(std::string_view sql);

  /// False once SQLite has rolled a transaction back by itself.
  [[nodiscard]] bool in_transaction() const;
  /// Rows that the last statement wrote or removed.
  [[nodiscard]] std::size_t changes() const;
  [[nodiscard]] sqlite3* handle() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

/// What a code means to the operator. `malformed` where the file is damaged, `rejected` where a constraint
/// refused the row, otherwise `internal`.
[[nodiscard]] Error error_of(sqlite3* handle, int code);
/// The same where there is no open database yet to take the file's name from.
[[nodiscard]] Error error_of(sqlite3* handle, int code, const std::string& file);

}  // namespace dbssd::journal::sqlite
