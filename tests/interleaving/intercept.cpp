// The system's functions by which threads wait for each other and ask the time. A scenario's threads get the
// turns of turns.h; all others get the system.
#include <dlfcn.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>

#include "interleaving/system.h"
#include "interleaving/turns.h"

namespace dbssd::interleaving {
namespace {

constexpr Nanos kSecond = 1'000'000'000;
constexpr Nanos kWallBegins = 1'735'689'600 * kSecond;  // 2025-01-01T00:00:00Z where the steady clock shows 0

template <class Function>
Function* next(Function*, const char* name, const char* version = nullptr) {
  void* const found = version != nullptr ? ::dlvsym(RTLD_NEXT, name, version) : ::dlsym(RTLD_NEXT, name);
  return reinterpret_cast<Function*>(found);
}

Nanos nanos(const timespec& at) { return at.tv_sec * kSecond + at.tv_nsec; }
bool is_wall(clockid_t clock) { return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE; }
/// On the steady clock.
Nanos steady(clockid_t clock, const timespec& at) { return nanos(at) - (is_wall(clock) ? kWallBegins : 0); }

Turns* turns() { return Turns::self() != nullptr ? &Turns::current() : nullptr; }

}  // namespace

const System& system() {
  // The first of a condition's functions is that of an older library, for another layout.
  constexpr const char* kConditions = "GLIBC_2.3.2";
  static const System found{
      next(&::pthread_mutex_lock, "pthread_mutex_lock"),
      next(&::pthread_mutex_trylock, "pthread_mutex_trylock"),
      next(&::pthread_mutex_unlock, "pthread_mutex_unlock"),
      next(&::pthread_cond_wait, "pthread_cond_wait", kConditions),
      next(&::pthread_cond_clockwait, "pthread_cond_clockwait"),
      next(&::pthread_cond_signal, "pthread_cond_signal", kConditions),
      next(&::pthread_cond_broadcast, "pthread_cond_broadcast", kConditions),
      next(&::pthread_create, "pthread_create"),
      next(&::pthread_join, "pthread_join"),
      next(&::clock_gettime, "clock_gettime"),
      next(&::clock_nanosleep, "clock_nanosleep"),
      next(&::syscall, "syscall"),
  };
  return found;
}

}  // namespace dbssd::interleaving

using dbssd::interleaving::system;
using dbssd::interleaving::turns;

// What the system's library declares these as, in name, type and linkage.
extern "C" {

int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  auto* const all = turns();
  if (all == nullptr) return system().lock(mutex);
  all->lock(mutex);
  return 0;
}
int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept {
  auto* const all = turns();
  if (all == nullptr) return system().try_lock(mutex);
  return all->try_lock(mutex) ? 0 : EBUSY;
}
int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept {
  auto* const all = turns();
  if (all == nullptr) return system().unlock(mutex);
  all->unlock(mutex);
  return 0;
}
int pthread_cond_wait(pthread_cond_t* __restrict condition, pthread_mutex_t* __restrict mutex) {
  auto* const all = turns();
  if (all == nullptr) return system().wait(condition, mutex);
  all->wait(condition, mutex, {});
  return 0;
}
int pthread_cond_clockwait(pthread_cond_t* __restrict condition, pthread_mutex_t* __restrict mutex,
                           clockid_t clock, const timespec* __restrict until) {
  auto* const all = turns();
  if (all == nullptr) return system().clock_wait(condition, mutex, clock, until);
  return all->wait(condition, mutex, dbssd::interleaving::steady(clock, *until)) ? 0 : ETIMEDOUT;
}
int pthread_cond_signal(pthread_cond_t* condition) noexcept {
  auto* const all = turns();
  if (all == nullptr) return system().signal(condition);
  all->notify(condition, false);
  return 0;
}
int pthread_cond_broadcast(pthread_cond_t* condition) noexcept {
  auto* const all = turns();
  if (all == nullptr) return system().broadcast(condition);
  all->notify(condition, true);
  return 0;
}
int pthread_create(pthread_t* __restrict thread, const pthread_attr_t* __restrict attributes,
                   void* (*function)(void*), void* __restrict argument) noexcept {
  auto* const all = turns();
  if (all == nullptr) return system().create(thread, attributes, function, argument);
  return all->start(thread, attributes, function, argument);
}
int pthread_join(pthread_t thread, void** result) {
  auto* const all = turns();
  if (all == nullptr) return system().join(thread, result);
  return all->join(thread, result);
}
int clock_gettime(clockid_t clock, timespec* at) noexcept {
  using namespace dbssd::interleaving;
  auto* const all = ::turns();
  if (all == nullptr) return ::system().clock_gettime(clock, at);
  const Nanos now = all->now() + (is_wall(clock) ? kWallBegins : 0);
  *at = {now / kSecond, now % kSecond};
  return 0;
}
int clock_nanosleep(clockid_t clock, int flags, const timespec* span, timespec* left) {
  using namespace dbssd::interleaving;
  auto* const all = ::turns();
  if (all == nullptr) return ::system().clock_nanosleep(clock, flags, span, left);
  all->sleep_until((flags & TIMER_ABSTIME) != 0 ? steady(clock, *span) : all->now() + nanos(*span));
  return 0;
}
int nanosleep(const timespec* span, timespec* left) {
  return ::clock_nanosleep(CLOCK_MONOTONIC, 0, span, left) == 0 ? 0 : -1;
}

/// By these atomics, latches and semaphores wait.
long syscall(long number, ...) noexcept {
  va_list list;
  va_start(list, number);
  long arguments[6];
  for (long& argument : arguments) argument = va_arg(list, long);
  va_end(list);
  auto* const all = turns();
  const long operation = arguments[1] & FUTEX_CMD_MASK;
  if (all != nullptr && number == SYS_futex) {
    if (operation == FUTEX_WAKE) return 0;  // who waits sees the value by itself
    if (operation == FUTEX_WAIT || operation == FUTEX_WAIT_BITSET) {
      std::optional<dbssd::interleaving::Nanos> until;
      if (const auto* time = reinterpret_cast<const timespec*>(arguments[3]); time != nullptr) {
        until = dbssd::interleaving::nanos(*time);
        if (operation == FUTEX_WAIT) *until += all->now();
      }
      if (all->wait_while(reinterpret_cast<const int*>(arguments[0]), static_cast<int>(arguments[2]), until))
        return 0;
      errno = ETIMEDOUT;
      return -1;
    }
  }
  return system().call(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4],
                       arguments[5]);
}

}  // extern "C"
