#include "telemetry/gauges.h"

namespace dbssd::telemetry {

prometheus::MetricFamily gauges(const char* name, const char* help) {
  return {name, help, prometheus::MetricType::Gauge, {}};
}

void add(prometheus::MetricFamily& family, std::initializer_list<Label> labels, double value) {
  prometheus::ClientMetric& sample = family.metric.emplace_back();
  for (const auto& [name, text] : labels) sample.label.push_back({name, text});
  sample.gauge.value = value;
}

void add(prometheus::MetricFamily& family, std::initializer_list<Label> labels, Instant time) {
  add(family, labels, static_cast<double>(time.time_since_epoch().count()));
}

prometheus::MetricFamily gauge(const char* name, const char* help, double value) {
  prometheus::MetricFamily family = gauges(name, help);
  add(family, {}, value);
  return family;
}

prometheus::MetricFamily counter(const char* name, const char* help, double value) {
  prometheus::MetricFamily family{name, help, prometheus::MetricType::Counter, {}};
  family.metric.emplace_back().counter.value = value;
  return family;
}

}  // namespace dbssd::telemetry
