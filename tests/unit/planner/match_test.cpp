// Who has which report, where there are several of each.
#include "planner/match.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dbssd::planner {
namespace {

using journal::RunState;

/// Runs and reports of one window, in a list that was read long after all was sent.
struct Several {
  Run& run(const std::string& name, RunState state, std::vector<std::string> databases = {}) {
    Run& run = runs.emplace_back();
    run.record.key.report = ReportName(name);
    run.record.window = window;
    run.record.state = state;
    run.record.template_type = "SOX";
    run.record.databases = std::move(databases);
    return run;
  }
  cloud::Report& report(const std::string& id, std::vector<std::string> databases = {}) {
    cloud::Report& report = seen.listing.reports.emplace_back();
    report.id = ReportId(id);
    report.type = "AUDIT_REPORT_REAL_TIME";
    report.template_type = "PDF";
    report.start = window.begin;
    report.end = window.end;
    report.databases = std::move(databases);
    return report;
  }
  /// "a:rep-1 b:rep-2", in the order of runs.
  std::string matched() {
    std::vector<Run*> all;
    for (Run& run : runs) all.push_back(&run);
    const Matches matches = match_reports(all, seen, {schedule::Zone::utc(), {}, MonoTime{Seconds{1000}}});
    std::string text;
    for (const Run& run : runs)
      for (const Match& match : matches.found)
        if (match.run == &run)
          text += (text.empty() ? "" : " ") + run.record.key.report.str() + ":" + match.report->id.str();
    return text;
  }

  Window window{*parse_utc("2025-06-01T00:00:00Z"), *parse_utc("2025-06-02T00:00:00Z")};
  std::vector<Run> runs;
  ReportsSeen seen;
};

TEST(Match, OneReportForOneRunIsIt) {
  Several several;
  several.run("a", RunState::unknown);
  several.report("rep-1");
  EXPECT_EQ(several.matched(), "a:rep-1");
}

TEST(Match, WhatIsClaimedIsNobodysElse) {
  Several several;
  several.run("a", RunState::unknown);
  several.report("rep-1");
  several.seen.claimed = {ReportId("rep-1")};
  EXPECT_EQ(several.matched(), "");
}

TEST(Match, WhereThereAreTooFewThoseHaveOneThatWereTaken) {
  Several several;
  several.run("a", RunState::due);
  several.run("b", RunState::unknown);
  several.run("c", RunState::accepted);
  several.report("rep-1");
  EXPECT_EQ(several.matched(), "c:rep-1");
  several.report("rep-2");
  EXPECT_EQ(several.matched(), "b:rep-2 c:rep-1");
}

TEST(Match, AsManyRunsAreServedAsThereAreReports) {
  Several several;
  several.run("a", RunState::accepted);                 // has the first, which names no databases, until
  several.run("b", RunState::unknown, {"d-1", "d-2"});  // the other has no choice
  several.report("rep-1");
  several.report("rep-2", {"d-9"});
  EXPECT_EQ(several.matched(), "a:rep-2 b:rep-1");
}

TEST(Match, AReportThatARunHasStaysIts) {
  Several several;
  several.run("a", RunState::unknown);
  several.run("b", RunState::accepted).record.report_id = ReportId("rep-1");
  several.report("rep-1");
  several.report("rep-2");
  EXPECT_EQ(several.matched(), "a:rep-2 b:rep-1");
}

}  // namespace
}  // namespace dbssd::planner
