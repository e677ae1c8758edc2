// A day back and a day ahead: the scheduled times of each report, and what became of them.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "base/expected.h"
#include "journal/journal.h"
#include "policy/policy.h"
#include "schedule/zone.h"

namespace dbssd::overview {

/// One scheduled time of a report, or some in a row, over all instances of a project.
struct Mark {
  Instant at{};
  std::optional<Instant> until = {};  ///< of some in a row: they are in [at, until)
  std::size_t finished = 0;
  std::size_t running = 0;
  std::size_t failed = 0;
  std::size_t missed = 0;  ///< or expired, or skipped
  std::size_t due = 0;     ///< lies ahead, or waits
};

struct TimelineRow {
  ProjectName project;
  ReportName report;
  std::vector<Mark> marks;  ///< oldest first, about kMostMarks at the most
};

inline constexpr std::size_t kMostMarks = 200;
inline constexpr Seconds kTimelineReach = std::chrono::hours{24};

/// Gathers the rows of one project.
class Timeline {
 public:
  explicit Timeline(Instant now) : now_(now) {}

  /// What was scheduled earlier than the timeline's begin, or later than now, is not looked at.
  void take(const journal::RunRecord& run);

  /// The times that the schedules on record have ahead, as the policy has them. Fails where the zone data
  /// lacks a zone.
  [[nodiscard]] Expected<void> look_ahead(const policy::Policy& policy, const journal::Remembered& remembered,
                                          schedule::ZoneDatabase& zones);

  /// By name of the report.
  [[nodiscard]] std::vector<TimelineRow> rows(const ProjectName& project) const;

 private:
  Instant now_;
  std::map<ReportName, std::map<Instant, Mark>> reports_;
};

}  // namespace dbssd::overview
