// Records for tests: each field has a value of its own, so that none can be taken for another or be
// forgotten.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "journal/journal.h"

namespace dbssd::fakes {

/// Seconds after 2025-03-09T07:00:00Z.
[[nodiscard]] inline Instant at(long seconds) { return Instant(Seconds(1741503600 + seconds)); }

/// What a cloud or a policy could send to break a store: NUL, invalid UTF-8, quotes, newlines, an emoji, a
/// NUL at the end.
[[nodiscard]] inline std::string weird_text() {
  return std::string("a\0b", 3) + "\xff\xfe\x80" + "'\";--\\n\r\n\t\x1b[31m" + "\xf0\x9f\x98\x80" +
         std::string(1, '\0');
}

[[nodiscard]] inline journal::ProjectRecord project() {
  return {at(50), at(51), at(52), "IAM does not answer", at(53), at(54), at(55), "the clock is ahead"};
}

[[nodiscard]] inline journal::InstanceRecord instance(const std::string& id) {
  return {InstanceId(id),
          ResourceId("resource-of-" + id),
          "name-of-" + id,
          cloud::InstanceStatus::shutoff,
          cloud::InstanceTask::powering_on,
          2,
          at(1),
          at(2),
          3,
          true,
          at(4),
          at(5)};
}

[[nodiscard]] inline journal::StartRecord start(const std::string& id, Instant requested) {
  return {InstanceId(id), requested, journal::StartState::overdue, "keep-running", "refused", at(500)};
}

[[nodiscard]] inline journal::ScheduleRecord schedule(const std::string& report, const std::string& id) {
  return {ReportName(report),
          InstanceId(id),
          "0 6 * * *",
          "Europe/Berlin",
          "previous_day",
          at(10),
          at(11),
          at(12),
          at(13)};
}

/// A run that is due and has no outcome.
[[nodiscard]] inline journal::RunRecord due_run(const std::string& report, const std::string& id,
                                                Instant scheduled) {
  journal::RunRecord run;
  run.key = {ReportName(report), InstanceId(id), scheduled};
  run.window = {scheduled - Seconds(86400), scheduled};
  run.opened_at = scheduled + Seconds(1);
  run.not_before = scheduled + Seconds(2);
  run.expires_at = scheduled + Seconds(3600);
  run.finish_within = Seconds(7200);
  return run;
}

[[nodiscard]] inline journal::RunRecord settled(journal::RunRecord run, journal::Outcome outcome,
                                                Instant when) {
  run.state = journal::RunState::settled;
  run.outcome = outcome;
  run.settled_at = when;
  return run;
}

/// A run with every field set.
[[nodiscard]] inline journal::RunRecord full_run(const std::string& report, const std::string& id,
                                                 Instant scheduled) {
  journal::RunRecord run = settled(due_run(report, id, scheduled), journal::Outcome::finished, at(900));
  run.served_by = at(20);
  run.reason = "listed at 100 %";
  run.submitted_at = at(21);
  run.accepted_at = at(22);
  run.template_id = TemplateId("template");
  run.template_type = "SOX";
  run.template_name = "Sarbanes-Oxley";
  run.databases = {"db-1", "", weird_text(), "back\\slash", "line\nbreak"};
  run.report_id = ReportId("report-" + report + id + format_utc(scheduled));
  run.percentum = 100;
  run.attempts = 7;
  run.refusals = 3;
  run.overdue = true;
  run.archived = "/var/lib/dbssd/reports/one.pdf";
  run.archive_pending = true;
  run.archived_bytes = (std::int64_t{3} << 32) + 1;
  run.archived_sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
  run.archive_removed_at = at(23);
  run.sent_begin = "2025-03-08 16:00:00";
  run.sent_end = "2025-03-09 16:00:00";
  run.archive_error = "refused for good";
  return run;
}

[[nodiscard]] inline journal::JobRecord job(const std::string& resource, const std::string& id) {
  return {
      ResourceId(resource), JobId(id), cloud::JobStatus::fail, "DBSS.11000000: no host", at(30), true, true};
}

[[nodiscard]] inline journal::SummaryRecord summary(cloud::BusiType type) {
  return {type, "task-7", cloud::TaskStatus::success, at(40), at(41), at(42), at(43), "on"};
}

}  // namespace dbssd::fakes
