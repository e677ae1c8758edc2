// The threads of one run of a scenario, of which one has the turn. What intercept.cpp turns the system's
// calls into.
#pragma once

#include <pthread.h>
#include <semaphore.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "interleaving/explore.h"

namespace dbssd::interleaving {

using Nanos = std::int64_t;

/// Which way a run goes where there are several; the next run goes the next way.
class Choices {
 public:
  /// One of 0..ways-1.
  std::size_t take(std::size_t ways);
  /// False where all have been taken.
  bool go_on();

 private:
  struct Choice {
    std::size_t taken = 0, ways = 1;
  };
  std::vector<Choice> path_;
  std::size_t depth_ = 0;
};

/// Only the thread that has the turn touches it.
class Turns {
 public:
  Turns(Choices& choices, Bounds bounds);
  ~Turns();

  struct Thread {
    enum class Waits : std::uint8_t { not_at_all, for_mutex, for_condition, for_value, for_thread };
    int id = 0;
    sem_t turn{};
    pthread_t real{};
    Waits waits = Waits::not_at_all;
    const void* object = nullptr;      ///< what it waits for
    pthread_mutex_t* mutex = nullptr;  ///< to be had again once the condition was
    int value = 0;
    std::optional<Nanos> until;
    bool timed_out = false;
    int held = 0;  ///< mutexes
    bool ended = false;
  };

  /// The calling thread's, or null for one that belongs to no scenario.
  static Thread* self();
  static Turns& current();

  /// Begins with the scenario's own thread and returns when all have ended, or none can go on. False where
  /// that is so.
  bool run(const std::function<void()>& scenario);
  [[nodiscard]] std::string trace() const;

  // The calls of the thread that has the turn.
  void lock(pthread_mutex_t* mutex);
  bool try_lock(pthread_mutex_t* mutex);
  void unlock(pthread_mutex_t* mutex);
  /// False where the time ran out.
  bool wait(pthread_cond_t* condition, pthread_mutex_t* mutex, std::optional<Nanos> until);
  bool wait_while(const int* address, int value, std::optional<Nanos> until);
  void sleep_until(Nanos until);
  void notify(pthread_cond_t* condition, bool all);
  int start(pthread_t* thread, const pthread_attr_t* attributes, void* (*function)(void*), void* argument);
  int join(pthread_t thread, void** result);
  void yield() { pause("goes on"); }

  [[nodiscard]] Nanos now() const { return now_; }
  void pass(Nanos span) { now_ += span; }
  void grant_threads(int count) { grantable_ = count; }

 private:
  struct Begun;
  static void* begin(void* begun);
  Thread& add();
  /// Lets another one go on where that is to be; returns with the turn.
  void pause(const char* what);
  void end(Thread& thread);
  Thread* next(Thread* from);
  [[nodiscard]] bool take_recursive(pthread_mutex_t* mutex);
  [[nodiscard]] bool can_go_on(const Thread& thread) const;
  [[nodiscard]] bool can_give_up(const Thread& thread) const;
  void let_go_on(Thread& thread);
  void note(const Thread& thread, const char* what);

  Choices& choices_;
  const Bounds bounds_;
  int preemptions_ = 0;
  int grantable_ = -1;  ///< no bound
  Nanos now_ = 1'000'000'000'000;
  std::vector<std::unique_ptr<Thread>> threads_;
  std::map<const pthread_mutex_t*, Thread*> owners_;
  std::map<const pthread_mutex_t*, int> depths_;  ///< of recursive ones
  std::vector<std::pair<int, const char*>> trace_;
  std::atomic<bool> stuck_ = false;
  sem_t over_{};
};

}  // namespace dbssd::interleaving
