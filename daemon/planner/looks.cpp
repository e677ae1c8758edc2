#include "planner/looks.h"

#include <algorithm>

#include "planner/backoff.h"

namespace dbssd::planner {
namespace {

struct CountFailures {
  const Memory& memory;

  template <class Found>
  [[nodiscard]] int of(const Found& found, Look Reporting::*look) const {
    return found == memory.instances.end() ? 0 : ((*found->second.reporting).*look).failures;
  }

  int operator()(const ListInstances&) const { return 0; }
  int operator()(const ListJobs& call) const {
    const auto job = memory.jobs.find(call.resource_id);
    return job == memory.jobs.end() ? 0 : job->second.look.failures;
  }
  int operator()(const AskSummary& call) const {
    const auto summary = memory.summaries.find(call.busi_type);
    return summary == memory.summaries.end() ? 0 : summary->second.look.failures;
  }
  int operator()(const ListTemplates& call) const {
    return of(memory.instances.find(call.instance), &Reporting::template_look);
  }
  int operator()(const ListReports& call) const {
    return of(memory.instances.find(call.instance), &Reporting::report_look);
  }
  int operator()(const DownloadReport& call) const {
    const auto run = memory.runs.find(call.run);
    return run == memory.runs.end() ? 0 : run->second.download_failures;
  }
  int operator()(const FindExpiredArchives&) const { return 0; }
  int operator()(const RemoveArchived&) const { return 0; }
  int operator()(const CreateReport& call) const { return call.intent.attempts - 1; }
  int operator()(const StartInstance& call) const {
    const auto instance = memory.instances.find(call.intent.instance);
    if (instance == memory.instances.end()) return 0;
    int failures = 0;
    for (const journal::StartRecord& start : instance->second.starting->starts) {
      if (start.requested_at >= call.intent.requested_at) break;
      failures = start.state == journal::StartState::rejected ? failures + 1 : 0;
    }
    return failures;
  }
};

}  // namespace

int failures_before(const Memory& memory, const Call& call) {
  return std::max(0, std::visit(CountFailures{memory}, call));
}

void failed(Look& look, const Error& error, std::string_view key, const Now& now, Millis cap) {
  look.in_flight = false;
  ++look.failures;
  look.last_error = error.message;
  const Millis wait = backoff(key, look.failures, Seconds{2}, std::max(cap, Millis{Seconds{2}}));
  look.not_before = now.mono + std::max(wait, asked_wait(error));
}

}  // namespace dbssd::planner
