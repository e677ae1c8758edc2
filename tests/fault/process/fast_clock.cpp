// Preloaded into dbssd: makes all clocks go faster, and what waits for a point of time wait for the same
// point; and sets the wall clock wrong for a while. What only has to end some day, as a transport's own
// time-outs, is left as it is.
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

#include <cstdint>
#include <cstdio>

#include "fault/process/preloaded.h"

namespace {

using Nanos = std::int64_t;
constexpr Nanos kSecond = 1'000'000'000;

struct Course {
  long rate = 1;
  Nanos real = 0, shown = 0;
};

struct Mistake {
  Nanos from = 0, until = 0, by = 0;
};

Nanos mistake(Nanos real) {
  static const Mistake read = [] {
    Mistake given;
    const char* text = ::getenv(integration::kWrongClock);
    if (text == nullptr || ::sscanf(text, "%ld %ld %ld", &given.from, &given.until, &given.by) != 3)
      return Mistake{};
    return given;
  }();
  return real >= read.from && real < read.until ? read.by : 0;
}

const Course& course() {
  static const Course read = [] {
    Course given;
    const char* text = ::getenv(integration::kFastClock);
    if (text == nullptr || ::sscanf(text, "%ld %ld %ld", &given.rate, &given.real, &given.shown) != 3)
      return Course{};
    return given;
  }();
  return read;
}

bool is_wall(clockid_t clock) { return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE; }
bool is_steady(clockid_t clock) {
  return clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_COARSE || clock == CLOCK_MONOTONIC_RAW ||
         clock == CLOCK_BOOTTIME;
}

Nanos nanos(const timespec& at) { return at.tv_sec * kSecond + at.tv_nsec; }
timespec spec(Nanos at) { return {at / kSecond, at % kSecond}; }

Nanos shown(clockid_t clock, Nanos real) {
  const Course& c = course();
  return is_wall(clock) ? c.shown + (real - c.real) * c.rate + mistake(real) : real * c.rate;
}
// Not earlier than it is shown.
Nanos real(clockid_t clock, Nanos shown) {
  const Course& c = course();
  return (is_wall(clock) ? c.real + (shown - c.shown) / c.rate : shown / c.rate) + 1;
}

template <class Function>
Function* next(Function*, const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

// What the system's library declares these as, in name, type and linkage.
extern "C" {

int clock_gettime(clockid_t clock, timespec* at) noexcept {
  static const auto system = next(&::clock_gettime, "clock_gettime");
  const int result = system(clock, at);
  if (result == 0 && (is_wall(clock) || is_steady(clock))) *at = spec(shown(clock, nanos(*at)));
  return result;
}
int gettimeofday(timeval* __restrict at, void* __restrict) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  *at = {now.tv_sec, now.tv_nsec / 1000};
  return 0;
}
time_t time(time_t* at) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (at != nullptr) *at = now.tv_sec;
  return now.tv_sec;
}
int pthread_cond_clockwait(pthread_cond_t* __restrict condition, pthread_mutex_t* __restrict mutex,
                           clockid_t clock, const timespec* __restrict until) {
  static const auto system = next(&::pthread_cond_clockwait, "pthread_cond_clockwait");
  const timespec deadline = spec(real(clock, nanos(*until)));
  return system(condition, mutex, clock, &deadline);
}
int nanosleep(const timespec* span, timespec* left) {
  static const auto system = next(&::nanosleep, "nanosleep");
  const timespec shorter = spec(nanos(*span) / course().rate);
  return system(&shorter, left);
}

}  // extern "C"
