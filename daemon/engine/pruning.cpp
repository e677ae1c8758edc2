#include "engine/pruning.h"

#include <exception>
#include <utility>

namespace dbssd::engine {

using telemetry::Event;
using telemetry::EventId;

namespace {

constexpr std::string_view kPurpose = "the removal of old records";

}  // namespace

Pruning::Pruning(journal::Journal& journal, telemetry::EventSink& events, ThreadWatch* watch)
    : journal_(journal), events_(events), watch_(watch) {}

bool Pruning::begin(Instant now, Seconds keep) {
  {
    const std::scoped_lock lock(mutex_);
    wish_ = Wish{now, keep};
  }
  if (!thread_.joinable()) {
    auto thread =
        start_thread(std::string(kPurpose), watch_, [this](const std::stop_token& stop) { work(stop); });
    if (!thread) {
      if (watch_ != nullptr) watch_->refused(kPurpose, thread.error());
      return false;
    }
    thread_ = *std::move(thread);
  }
  asked_.notify_one();
  return true;
}

void Pruning::stop() { thread_.request_stop(); }

bool Pruning::has_ended() const {
  if (!thread_.joinable()) return true;
  const std::scoped_lock lock(mutex_);
  return ended_;
}

void Pruning::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (asked_.wait(lock, stop, [this] { return wish_.has_value(); })) {
    const Wish wish = *std::exchange(wish_, {});
    lock.unlock();
    prune(wish, stop);
    lock.lock();
  }
  ended_ = true;
}

void Pruning::prune(const Wish& wish, const std::stop_token& stop) {
  Expected<std::size_t> gone;
  try {
    gone = journal_.prune(wish.now - wish.keep, stop);
  } catch (const std::exception& thrown) {
    gone = fail(ErrorKind::internal, std::string("unexpected: ") + thrown.what());
  }
  Event event;
  if (!gone) {
    event.id = EventId::state_failed;
    event.msg = "old records cannot be removed from the state";
    event.reason = gone.error().message;
    event.error_kind = gone.error().kind;
  } else if (*gone > 0) {
    event.id = EventId::state_pruned;
    event.msg = std::to_string(*gone) + " records older than " + format_duration(wish.keep) + " were removed";
  } else {
    return;
  }
  events_.emit(event);
}

}  // namespace dbssd::engine
