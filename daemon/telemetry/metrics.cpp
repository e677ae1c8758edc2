#include "telemetry/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <mutex>
#include <sstream>
#include <string>

#include "telemetry/catalogue.h"

namespace dbssd::telemetry {
namespace {

using prometheus::Histogram;

/// A listing of one page takes tens of milliseconds, a download of a big report minutes.
const Histogram::BucketBoundaries kCallSeconds{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300};
/// `spread` moves a start by minutes at most; what waits for an instance or a summary can take hours.
const Histogram::BucketBoundaries kSkewSeconds{1, 5, 15, 60, 300, 900, 3600, 10800, 21600, 86400};

double seconds(Millis time) { return std::chrono::duration<double>(time).count(); }

prometheus::Labels labels_of(const ProjectName& project, const CatalogueEntry& event) {
  return {{"project", project.str()},
          {"event", std::string(event.name)},
          {"level", std::string(to_string(event.level))}};
}

}  // namespace

Metrics::Metrics()
    : registry_(std::make_unique<prometheus::Registry>()),
      events_(prometheus::BuildCounter()
                  .Name("dbssd_events_total")
                  .Help("Events, also those that the log's level leaves out.")
                  .Register(*registry_)),
      calls_(prometheus::BuildCounter()
                 .Name("dbssd_calls_total")
                 .Help("Calls to the cloud, by what became of them.")
                 .Register(*registry_)),
      durations_(prometheus::BuildHistogram()
                     .Name("dbssd_call_duration_seconds")
                     .Help("How long calls to the cloud took, with the wait for their turn.")
                     .Register(*registry_)),
      skew_(prometheus::BuildHistogram()
                .Name("dbssd_report_skew_seconds")
                .Help("How long after its scheduled time each report was asked for.")
                .Register(*registry_)
                .Add({}, kSkewSeconds)) {
  know({ProjectName()});
}

Metrics::~Metrics() = default;

void Metrics::know(const std::vector<ProjectName>& projects) {
  for (const ProjectName& project : projects) {
    for (const CatalogueEntry& event : catalogue())
      if (event.level >= Level::warning) events_.Add(labels_of(project, event));
  }
  const std::lock_guard lock(mutex_);
  projects_.insert(projects.begin(), projects.end());
}

void Metrics::count(const Event& event) {
  const bool known = [&] {
    const std::shared_lock lock(mutex_);
    return projects_.contains(event.project);
  }();
  events_.Add(labels_of(known ? event.project : ProjectName(), entry_of(event.id))).Increment();
  if (event.id == EventId::report_submitted && event.attempt == 1 && event.duration)
    skew_.Observe(seconds(*event.duration));
}

void Metrics::count_call(const ProjectName& project, std::string_view call, std::string_view outcome,
                         Millis took) {
  calls_.Add({{"project", project.str()}, {"call", std::string(call)}, {"outcome", std::string(outcome)}})
      .Increment();
  durations_.Add({{"call", std::string(call)}}, kCallSeconds).Observe(seconds(took));
}

std::vector<prometheus::MetricFamily> Metrics::collect() const { return registry_->Collect(); }

std::string exposition(const std::vector<prometheus::MetricFamily>& families) {
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, families);
  return std::move(text).str();
}

}  // namespace dbssd::telemetry
