// What the program counts about itself, from its start on. Counting is always on and costs about a
// microsecond.
#pragma once

#include <prometheus/metric_family.h>

#include <functional>
#include <memory>
#include <set>
#include <shared_mutex>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "telemetry/event.h"

namespace prometheus {
class Counter;
class Histogram;
class Registry;
template <class T>
class Family;
}  // namespace prometheus

namespace dbssd::telemetry {

/// Thread-safe. docs/metrics.md lists what it counts.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// The projects of the policy: from now on each warning and error that can be about one is counted for
  /// them, from 0. What is said about others counts as the service's own, so that nobody can make up labels.
  void know(const std::vector<ProjectName>& projects);

  void count(const Event& event);
  /// A call to the cloud that ended; `outcome` is "ok" or the name of an ErrorKind.
  void count_call(const ProjectName& project, std::string_view call, std::string_view outcome, Millis took);

  [[nodiscard]] std::vector<prometheus::MetricFamily> collect() const;

 private:
  const std::unique_ptr<prometheus::Registry> registry_;
  prometheus::Family<prometheus::Counter>& events_;
  prometheus::Family<prometheus::Counter>& calls_;
  prometheus::Family<prometheus::Histogram>& durations_;
  prometheus::Histogram& skew_;

  std::shared_mutex mutex_;
  std::set<ProjectName> projects_;  // guarded by mutex_
};

/// Counts what goes by, and hands it on.
class CountingSink final : public EventSink {
 public:
  /// Both must outlive it.
  CountingSink(Metrics& metrics, EventSink& next) : metrics_(metrics), next_(next) {}

  void emit(const Event& event) override {
    metrics_.count(event);
    next_.emit(event);
  }

 private:
  Metrics& metrics_;
  EventSink& next_;
};

/// What the operating system counts about this process, in the names that every Prometheus exporter gives
/// them. `started` is when it began. What cannot be read is left out.
[[nodiscard]] std::vector<prometheus::MetricFamily> process_metrics(WallTime started);

/// The text format of Prometheus, and its content type.
[[nodiscard]] std::string exposition(const std::vector<prometheus::MetricFamily>& families);
inline constexpr std::string_view kExpositionType = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace dbssd::telemetry
