#include "planner/match.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "planner/fit.h"

namespace dbssd::planner {

using journal::RunState;

namespace {

/// Of its report being there; the lower, the likelier.
int likelihood(RunState state) {
  return state == RunState::accepted ? 0 : state == RunState::unknown ? 1 : 2;
}

/// A run without a report, and those that are listed and may be its.
struct Searching {
  struct Candidate {
    std::size_t report;  ///< index into Assignment's reports
    Fit fit;
  };
  Run* run = nullptr;
  std::vector<Candidate> candidates;
  std::optional<std::size_t> found;
};

/// Gives each report to one run at the most, and reports to as many runs as can have one: a run that finds
/// all of its candidates taken has those that took them look for another.
class Assignment {
 public:
  Assignment(std::vector<Searching>& runs, std::size_t reports) : runs_(runs), owner_(reports) {}

  /// Among the candidates that are allowed. A run that has found one keeps one, if not the same.
  template <class IsAllowed>
  void extend(const IsAllowed& is_allowed) {
    for (std::size_t run = 0; run < runs_.size(); ++run) {
      tried_.assign(owner_.size(), false);
      if (!runs_[run].found) find_for(run, is_allowed);
    }
  }
  [[nodiscard]] bool is_taken(std::size_t report) const { return owner_[report].has_value(); }

 private:
  /// One that is free where there is one, so that nobody looks for another without need.
  template <class IsAllowed>
  bool find_for(std::size_t run, const IsAllowed& is_allowed) {
    for (const bool is_free : {true, false}) {
      for (const Searching::Candidate& candidate : runs_[run].candidates) {
        auto& owner = owner_[candidate.report];
        if (owner.has_value() == is_free || tried_[candidate.report]) continue;
        if (!is_allowed(*runs_[run].run, candidate.fit)) continue;
        tried_[candidate.report] = true;
        if (owner && !find_for(*owner, is_allowed)) continue;
        owner = run;
        runs_[run].found = candidate.report;
        return true;
      }
    }
    return false;
  }

  std::vector<Searching>& runs_;
  std::vector<std::optional<std::size_t>> owner_;  // by report, index into runs_
  std::vector<bool> tried_;
};

std::vector<const cloud::Report*> unclaimed(const ReportsSeen& seen, const std::set<ReportId>& claimed) {
  std::vector<const cloud::Report*> reports;
  for (const cloud::Report& report : seen.listing.reports)
    if (!claimed.contains(report.id)) reports.push_back(&report);
  std::ranges::sort(reports, {}, [](const cloud::Report* report) { return report->id; });
  return reports;
}

void look_for_candidates(std::vector<Searching>& searching, const std::vector<const cloud::Report*>& reports,
                         const KnownBy& known) {
  std::vector<const journal::RunRecord*> records;
  records.reserve(searching.size());
  for (const Searching& each : searching) records.push_back(&each.run->record);
  const TemplateWords words = template_words(known.templates, records);
  for (Searching& each : searching) {
    const WindowWords window = words_of(each.run->record, known.zone);
    for (std::size_t i = 0; i < reports.size(); ++i)
      if (const Fit fit = fit_of(*reports[i], each.run->record, window, words); fit.is_possible)
        each.candidates.push_back({i, fit});
  }
}

}  // namespace

Seconds lost_call_horizon(const policy::Project& project) {
  return std::max(Seconds{60}, 2 * project.limits.timeout);
}

std::string doubt_about(const ReportsSeen& seen) {
  if (!seen.listing.doubt.empty()) return seen.listing.doubt;
  const auto timeless = std::ranges::find_if(seen.listing.reports, [&seen](const cloud::Report& report) {
    return (!report.start || !report.end) && !is_made_by_schedule(report) &&
           std::ranges::find(seen.claimed, report.id) == seen.claimed.end();
  });
  if (timeless == seen.listing.reports.end()) return {};
  return "the window of the listed report " + timeless->id.str() + " cannot be read";
}

bool is_contested(const Run& run, const std::vector<Run*>& runs) {
  const bool may_exist = run.record.state == RunState::unknown || run.record.state == RunState::due;
  return may_exist && std::ranges::any_of(runs, [&run](const Run* other) {
           return other->record.state == RunState::submitting && are_alike(other->record, run.record);
         });
}

Matches match_reports(const std::vector<Run*>& runs, const ReportsSeen& seen, const KnownBy& known) {
  std::set<ReportId> claimed(seen.claimed.begin(), seen.claimed.end());
  Matches matches;
  std::vector<Searching> searching;
  for (Run* run : runs) {
    const RunState state = run->record.state;
    if (state != RunState::accepted && state != RunState::unknown && state != RunState::due) continue;
    if (run->record.report_id.empty()) {
      if (!is_contested(*run, runs)) searching.push_back({run, {}, {}});
      continue;
    }
    const auto own = std::ranges::find(seen.listing.reports, run->record.report_id, &cloud::Report::id);
    if (own != seen.listing.reports.end()) matches.found.push_back({run, &*own});
    claimed.insert(run->record.report_id);
  }
  std::ranges::sort(searching, {}, [](const Searching& each) {
    const journal::RunRecord& record = each.run->record;
    return std::tuple(likelihood(record.state), record.submitted_at, record.key);
  });
  const std::vector<const cloud::Report*> reports = unclaimed(seen, claimed);
  look_for_candidates(searching, reports, known);

  Assignment assignment(searching, reports.size());
  for (int signs = kMostSigns; signs >= 0; --signs)
    assignment.extend(
        [signs](const Run&, const Fit& fit) { return fit.doubt.empty() && fit.signs >= signs; });
  // One was made: where its own would be listed and is not recognised, what is left is it.
  assignment.extend([&known](const Run& run, const Fit& fit) {
    return fit.doubt.empty() ||
           (run.record.state == RunState::accepted && run.watched_since <= known.shown_since);
  });

  for (const Searching& each : searching) {
    if (each.found) {
      matches.found.push_back({each.run, reports[*each.found]});
      continue;
    }
    if (each.run->record.state == RunState::accepted) continue;
    for (const Searching::Candidate& candidate : each.candidates) {
      if (assignment.is_taken(candidate.report)) continue;
      matches.doubts[each.run->record.key] = "the listed report " + reports[candidate.report]->id.str() +
                                             " may be it: " + std::string(candidate.fit.doubt);
      break;
    }
  }
  return matches;
}

}  // namespace dbssd::planner
