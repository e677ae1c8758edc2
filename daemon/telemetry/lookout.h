// What is costly to look at, looked at only when somebody asks and no more often than it is worth.
#pragma once

#include <prometheus/metric_family.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "base/thread.h"
#include "base/time.h"

namespace dbssd::telemetry {

/// How everything stood, as it is served.
struct View {
  std::string status;  ///< the document of /status.json
  std::vector<prometheus::MetricFamily> gauges = {};
  std::string failure = {};  ///< not empty: why there is nothing to serve
};

/// Makes views on a thread of its own. A view is shown for kFresh; the next one is made no sooner than
/// kThrift times what the last one took, though never later than kStale. Thread-safe.
class Lookout {
 public:
  static constexpr Seconds kFresh{5};
  static constexpr Seconds kStale{60};
  static constexpr int kThrift = 100;
  /// Where a look takes longer than this, the former view is shown while the next one is made.
  static constexpr Seconds kPatience{2};

  /// To end early, with any view, once it is told to stop. What it throws is shown as a failure.
  using Look = std::function<View(const std::stop_token&)>;

  /// `made` is called, on that thread, after each view. `clock` and `watch` must outlive it. The thread
  /// begins with the first question.
  Lookout(const Clock& clock, Look look, std::function<void()> made, ThreadWatch* watch = nullptr);

  /// The newest view where it may be shown, else nothing: then one is being made. A failure where the host
  /// grants no thread to make one.
  [[nodiscard]] std::shared_ptr<const View> ask();

  /// Ends a look that is under way, and does not wait for that; the destructor does.
  void stop();

 private:
  void work(const std::stop_token& stop);
  [[nodiscard]] View look_safely(const std::stop_token& stop) const;
  [[nodiscard]] std::error_code begin_thread();

  const Clock& clock_;
  const Look look_;
  const std::function<void()> made_;
  ThreadWatch* const watch_;

  std::mutex mutex_;
  // Guarded by mutex_.
  std::condition_variable_any asked_;
  bool wanted_ = false;
  std::shared_ptr<const View> view_;
  MonoTime fresh_until_{};
  MonoTime::duration cost_{};

  bool stopped_ = false;
  std::jthread thread_;  ///< last: uses all of the above
};

}  // namespace dbssd::telemetry
