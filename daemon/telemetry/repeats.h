// Before the log: what repeats is said once, and then summed up.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <string>

#include "base/time.h"
#include "telemetry/event.h"

namespace dbssd::telemetry {

/// Passes every event on at once, but for those that the catalogue marks as repeating. Of these the first is
/// passed on, and equal ones are counted; every ten minutes one more says how many they were ("…; 37 times
/// more within 10m"), until none came for so long. Equal are those of one event about one thing with one
/// message and reason, whatever numbers the reason holds, and whatever the call's request_id. When a
/// project's service recovers, its counts are said first, and what comes after that is news. Thread-safe. Has
/// no thread of its own: somebody calls say_due().
class Repeats final : public EventSink {
 public:
  /// How many runs of equal events are counted apart; beyond, the oldest is ended early.
  static constexpr std::size_t kMostRuns = 256;

  /// Both must outlive it.
  Repeats(EventSink& to, const Clock& clock) : to_(to), clock_(clock) {}
  /// Says what is left.
  ~Repeats() override { say_all(); }
  Repeats(const Repeats&) = delete;
  Repeats& operator=(const Repeats&) = delete;

  void emit(const Event& event) override;

  /// Sums up the runs whose ten minutes are over. To be called now and then: a count is said that much later.
  void say_due();
  /// Sums up every run, and ends it.
  void say_all();

 private:
  struct Run {
    Event last;
    MonoTime since;
    std::size_t more = 0;
  };

  // With mutex_ held.
  void sum_up(Run& run);
  void sum_up_due();
  template <class Which>
  void end_runs(Which which);

  EventSink& to_;
  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Run> runs_;  // guarded by mutex_
};

}  // namespace dbssd::telemetry
