#include "journal/checkpoint.h"

#include <utility>

namespace dbssd::journal::sqlite {
namespace {

constexpr int kStep = 2000;  // 8 MiB
constexpr int kLong = 4 * kStep;

}  // namespace

Checkpoint::Checkpoint(Connection& connection, Pause pause)
    : connection_(connection), pause_(std::move(pause)), next_(kStep) {
  sqlite3_wal_hook(
      connection.handle(),
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<Checkpoint*>(self)->pages_ = pages;
        return SQLITE_OK;
      },
      this);
}

Checkpoint::~Checkpoint() { sqlite3_wal_hook(connection_.handle(), nullptr, nullptr); }

void Checkpoint::after_commit() {
  if (pages_ + kStep < next_) next_ = kStep;  // the log has begun anew
  if (pages_ < next_) return;
  next_ = pages_ + kStep;
  if (pages_ < kLong) {
    static_cast<void>(sqlite3_wal_checkpoint_v2(connection_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                                nullptr, nullptr));
    return;
  }
  const auto paused = pause_();
  // Another program's reader is not waited for.
  sqlite3_busy_timeout(connection_.handle(), 0);
  static_cast<void>(
      sqlite3_wal_checkpoint_v2(connection_.handle(), nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr));
  sqlite3_busy_timeout(connection_.handle(), kBusyMillis);
}

}  // namespace dbssd::journal::sqlite
