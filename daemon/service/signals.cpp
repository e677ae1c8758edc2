#include "service/signals.h"

#include <pthread.h>
#include <unistd.h>

#include "base/thread.h"

namespace dbssd::service {
namespace {

sigset_t listened_to() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  return set;
}

timespec to_timespec(std::chrono::nanoseconds span) {
  const auto whole = std::chrono::floor<Seconds>(span);
  return {whole.count(), (span - whole).count()};
}

}  // namespace

void ignore_broken_pipes() { std::signal(SIGPIPE, SIG_IGN); }

Signals::Signals(Millis grace, int late_status, Millis echo)
    : grace_(grace), late_status_(late_status), echo_(echo) {
  const sigset_t set = listened_to();
  pthread_sigmask(SIG_BLOCK, &set, &former_mask_);
  // Nobody can be told yet, and nothing in it throws.
  listener_ = std::jthread([this] { run_thread("the signals", nullptr, [this] { listen(); }); });
}

Signals::~Signals() {
  ended_ = true;
  pthread_kill(listener_.native_handle(), SIGTERM);  // only to wake it
  listener_.join();
  // What arrived and nobody waited for must not fall upon the former treatment, which may be to die of it.
  const sigset_t set = listened_to();
  constexpr timespec kNow{};
  while (sigtimedwait(&set, nullptr, &kNow) > 0) {
  }
  pthread_sigmask(SIG_SETMASK, &former_mask_, nullptr);
}

void Signals::stop(int late_status) noexcept {
  late_status_ = late_status;
  ::kill(::getpid(), SIGTERM);
}

std::optional<Signal> Signals::wait(Millis timeout) {
  std::unique_lock lock(mutex_);
  arrived_.wait_for(lock, timeout, [this] { return stop_requested() || reload_; });
  if (stop_requested()) return Signal::stop;
  if (!reload_) return std::nullopt;
  reload_ = false;
  return Signal::reload;
}

void Signals::listen() {
  using std::chrono::steady_clock;
  const sigset_t set = listened_to();
  std::optional<steady_clock::time_point> stopped;
  while (true) {
    int signal = -1;
    if (stopped) {
      const auto left = *stopped + grace_ - steady_clock::now();
      if (left <= left.zero()) _exit(late_status_);
      const timespec timeout = to_timespec(left);
      signal = sigtimedwait(&set, nullptr, &timeout);
    } else {
      signal = sigwaitinfo(&set, nullptr);
    }
    if (ended_) return;
    if (signal < 0) continue;  // interrupted, or the grace is over

    const std::scoped_lock lock(mutex_);
    if (signal == SIGHUP) {
      reload_ = true;
    } else if (!stopped) {
      stopped = steady_clock::now();
      stopping_ = true;
    } else if (steady_clock::now() - *stopped > echo_) {
      _exit(128 + signal);
    }
    arrived_.notify_one();
  }
}

}  // namespace dbssd::service
