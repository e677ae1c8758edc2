// One report on one instance.
#pragma once

#include <compare>

#include "base/id.h"

namespace dbssd::overview {

struct Series {
  ProjectName project;
  ReportName report;
  InstanceId instance;
  auto operator<=>(const Series&) const = default;
};

}  // namespace dbssd::overview
