// What a test tells the module that is preloaded into dbssd (kill_at.cpp, fast_clock.cpp) and into
// those of few_threads_test.cpp, in its
// environment.
#pragma once

#include <atomic>

namespace integration {

// A file of this is shared by the test and by the process that is to be killed.
struct StepCount {
  std::atomic<long> taken;
};

// The environment that says when to kill.
inline constexpr const char* kCountFile = "KILL_AT_COUNT";  // where its StepCount is
inline constexpr const char* kStateFile = "KILL_AT_STATE";  // files whose names begin so are the journal's
inline constexpr const char* kStep = "KILL_AT_STEP";        // the step to die at, from 1 on; 0: none
inline constexpr const char* kMoment = "KILL_AT_MOMENT";    // "before" or "after" it

// "RATE REAL SHOWN": the wall clock shows SHOWN where it is REAL, both in ns since 1970, and it and every
// other clock go RATE times as fast from there on.
inline constexpr const char* kFastClock = "FAST_CLOCK";
// "FROM UNTIL BY": between these real times, in ns since 1970, the wall clock shows so many ns more.
inline constexpr const char* kWrongClock = "WRONG_CLOCK";

// So many threads are granted (few_threads.cpp).
inline constexpr const char* kMostThreads = "MOST_THREADS";
// The file that says that memory is short now (short_memory.cpp).
inline constexpr const char* kShortMemory = "SHORT_MEMORY";

}  // namespace integration
