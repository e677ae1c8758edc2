// Metrics that are made when they are asked for, as plain values.
#pragma once

#include <prometheus/metric_family.h>

#include <initializer_list>
#include <string>
#include <utility>

#include "base/time.h"

namespace dbssd::telemetry {

using Label = std::pair<const char*, std::string>;

/// A family to which samples are added.
[[nodiscard]] prometheus::MetricFamily gauges(const char* name, const char* help);
void add(prometheus::MetricFamily& family, std::initializer_list<Label> labels, double value);
void add(prometheus::MetricFamily& family, std::initializer_list<Label> labels, Instant time);

/// A family of one sample without labels.
[[nodiscard]] prometheus::MetricFamily gauge(const char* name, const char* help, double value);
[[nodiscard]] prometheus::MetricFamily counter(const char* name, const char* help, double value);

}  // namespace dbssd::telemetry
