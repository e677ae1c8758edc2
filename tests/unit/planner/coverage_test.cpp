// What the runs of one schedule cover, told from what they leave open and why.
#include "planner/coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "fakes/journal_samples.h"
#include "schedule/window.h"
#include "schedule/zone.h"

namespace dbssd::planner {

// For the messages of tests.
void PrintTo(const Uncovered& uncovered, std::ostream* out) {
  *out << format_utc(uncovered.span.begin) << " to " << format_utc(uncovered.span.end) << ' '
       << (uncovered.outcome ? to_string(*uncovered.outcome) : "-") << ' ' << uncovered.reason;
}

namespace {

using fakes::at;
using journal::Outcome;
using journal::RunRecord;
using journal::RunState;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kNobodys = "no scheduled time covers it";

/// A run over [begin, end), in hours.
RunRecord run(long begin, long end) {
  RunRecord record = fakes::due_run("daily", "i-1", at(end * 3600));
  record.window = {at(begin * 3600), at(end * 3600)};
  record.state = RunState::accepted;
  return record;
}
RunRecord ended(long begin, long end, Outcome outcome, const std::string& reason) {
  RunRecord record = fakes::settled(run(begin, end), outcome, at(end * 3600 + 60));
  record.reason = reason;
  return record;
}
RunRecord finished(long begin, long end) { return ended(begin, end, Outcome::finished, "listed at 100 %"); }
RunRecord scheduled(RunRecord record, long hour) {
  record.key.scheduled = at(hour * 3600);
  return record;
}

Window hours(long begin, long end) { return {at(begin * 3600), at(end * 3600)}; }

Coverage coverage_of(const std::vector<RunRecord>& runs) {
  CoverageLedger ledger;
  for (const RunRecord& record : runs) ledger.take(record);
  return ledger.close();
}

TEST(Coverage, AReportByHandFillsAGapAndMakesNone) {
  RunRecord filling = finished(1, 2);
  filling.key.scheduled += Seconds{7};
  RunRecord long_before = finished(-100, -90);
  long_before.key.scheduled = filling.key.scheduled;
  const Coverage coverage = coverage_of(
      {finished(0, 1), long_before, ended(1, 2, Outcome::missed, "late"), filling, finished(2, 3)});
  EXPECT_EQ(coverage.span, hours(0, 3));
  EXPECT_THAT(coverage.covered, ElementsAre(hours(0, 3)));
  EXPECT_THAT(coverage.gaps, IsEmpty());
}

TEST(Coverage, OfNothingIsEmpty) {
  const Coverage coverage = coverage_of({});
  EXPECT_EQ(coverage, Coverage{});
  EXPECT_EQ(coverage.span.begin, coverage.span.end);
}

TEST(Coverage, OfWindowsThatTileHasNoGap) {
  const Coverage coverage = coverage_of({finished(0, 24), finished(24, 48), finished(48, 72)});
  EXPECT_EQ(coverage.span, hours(0, 72));
  EXPECT_THAT(coverage.covered, ElementsAre(hours(0, 72)));
  EXPECT_THAT(coverage.gaps, IsEmpty());
  EXPECT_THAT(coverage.pending, IsEmpty());
}

TEST(Coverage, OfWindowsThatOverlapHasNoGap) {
  EXPECT_THAT(coverage_of({finished(0, 24), finished(12, 36), finished(24, 48)}).covered,
              ElementsAre(hours(0, 48)));
}

TEST(Coverage, NamesEachOutcomeThatLeavesAGap) {
  for (const Outcome outcome : {Outcome::failed, Outcome::missed, Outcome::expired, Outcome::skipped}) {
    const Coverage coverage =
        coverage_of({finished(0, 24), ended(24, 48, outcome, "for a reason"), finished(48, 72)});
    EXPECT_THAT(coverage.gaps, ElementsAre(Uncovered{hours(24, 48), outcome, "for a reason"}));
    EXPECT_THAT(coverage.covered, ElementsAre(hours(0, 24), hours(48, 72)));
  }
}

TEST(Coverage, CountsAGapAtTheBeginAndAtTheEnd) {
  const Coverage coverage = coverage_of(
      {ended(0, 24, Outcome::missed, "m"), finished(24, 48), ended(48, 72, Outcome::expired, "e")});
  EXPECT_THAT(coverage.gaps, ElementsAre(Uncovered{hours(0, 24), Outcome::missed, "m"},
                                         Uncovered{hours(48, 72), Outcome::expired, "e"}));
}

TEST(Coverage, KeepsAdjacentGapsOfDifferentReasonsApartAndJoinsThoseOfOne) {
  const Coverage coverage = coverage_of({ended(0, 24, Outcome::missed, "nothing ran"),
                                         ended(24, 48, Outcome::missed, "nothing ran"),
                                         ended(48, 72, Outcome::expired, "nothing ran"),
                                         ended(72, 96, Outcome::expired, "too late"), finished(96, 120)});
  EXPECT_THAT(coverage.gaps, ElementsAre(Uncovered{hours(0, 48), Outcome::missed, "nothing ran"},
                                         Uncovered{hours(48, 72), Outcome::expired, "nothing ran"},
                                         Uncovered{hours(72, 96), Outcome::expired, "too late"}));
}

TEST(Coverage, SaysWhereNoScheduledTimeCovers) {
  const Coverage coverage = coverage_of({finished(0, 24), finished(30, 48)});
  EXPECT_THAT(coverage.gaps, ElementsAre(Uncovered{hours(24, 30), {}, kNobodys}));
}

TEST(Coverage, IsPendingWhereARunHasNoOutcomeYet) {
  RunRecord waiting = run(24, 48);
  waiting.state = RunState::due;
  waiting.reason = "the instance is not ACTIVE";
  const Coverage coverage = coverage_of({finished(0, 24), waiting, run(48, 72)});
  EXPECT_THAT(coverage.gaps, IsEmpty());
  EXPECT_THAT(coverage.pending,
              ElementsAre(Uncovered{hours(24, 48), {}, "in flight: the instance is not ACTIVE"},
                          Uncovered{hours(48, 72), {}, "in flight"}));
}

TEST(Coverage, OfARunThatFailedIsThatOfALaterOneOverTheSameWindow) {
  const Coverage coverage = coverage_of(
      {finished(0, 24), ended(24, 48, Outcome::failed, "refused"), scheduled(finished(20, 50), 72)});
  EXPECT_THAT(coverage.gaps, IsEmpty());
  EXPECT_THAT(coverage.covered, ElementsAre(hours(0, 50)));
}

TEST(Coverage, OfARunThatFailedStaysOpenWhereALaterOneDoesNotReach) {
  const Coverage coverage =
      coverage_of({ended(0, 24, Outcome::failed, "refused"), finished(6, 12), finished(20, 30)});
  EXPECT_THAT(coverage.gaps, ElementsAre(Uncovered{hours(0, 6), Outcome::failed, "refused"},
                                         Uncovered{hours(12, 20), Outcome::failed, "refused"}));
}

TEST(Coverage, IsNotLostAgainByALaterFailure) {
  EXPECT_THAT(coverage_of({finished(0, 24), scheduled(ended(0, 24, Outcome::failed, "refused"), 48)}).gaps,
              IsEmpty());
}

TEST(Coverage, IsPendingWhereALaterRunMayStillCloseAGap) {
  const Coverage coverage =
      coverage_of({ended(0, 24, Outcome::failed, "refused"), scheduled(run(0, 20), 48)});
  EXPECT_THAT(coverage.pending, ElementsAre(Uncovered{hours(0, 20), {}, "in flight"}));
  EXPECT_THAT(coverage.gaps, ElementsAre(Uncovered{hours(20, 24), Outcome::failed, "refused"}));
}

TEST(Coverage, BlamesTheNewestOfTheRunsWhoseWindowItWas) {
  const Coverage coverage =
      coverage_of({ended(0, 24, Outcome::missed, "nothing ran"),
                   scheduled(ended(12, 36, Outcome::failed, "refused"), 48), finished(36, 60)});
  EXPECT_THAT(coverage.gaps, ElementsAre(Uncovered{hours(0, 12), Outcome::missed, "nothing ran"},
                                         Uncovered{hours(12, 36), Outcome::failed, "refused"}));
}

TEST(Coverage, OfMergedRunsIsThatOfTheirCarrier) {
  RunRecord first = run(0, 24), second = run(24, 48), carrier = run(0, 72);
  for (RunRecord* merged : {&first, &second}) {
    merged->state = RunState::merged;
    merged->served_by = carrier.key.scheduled;
    merged->reason = "joined into the report of another";
  }
  EXPECT_THAT(coverage_of({first, second, carrier}).gaps, IsEmpty());
  EXPECT_EQ(coverage_of({first, second, carrier}).pending.front().span.begin, at(0));

  // While it is read the carrier may end, and then those before it were read too early.
  const RunRecord done = fakes::settled(carrier, Outcome::finished, at(80 * 3600));
  EXPECT_THAT(coverage_of({first, second, done}).covered, ElementsAre(hours(0, 72)));
  EXPECT_THAT(coverage_of({first, second, done}).pending, IsEmpty());

  RunRecord lost = fakes::settled(carrier, Outcome::failed, at(80 * 3600));
  lost.reason = "refused 5 times";
  for (RunRecord* merged : {&first, &second})
    *merged = fakes::settled(*merged, Outcome::failed, at(80 * 3600));
  EXPECT_THAT(coverage_of({first, second, lost}).gaps,
              ElementsAre(Uncovered{hours(0, 72), Outcome::failed, "refused 5 times"}));
}

TEST(Coverage, OfRunsThatWereServedLateIsTheSameAsOfPunctualOnes) {
  const Coverage coverage =
      coverage_of({scheduled(finished(0, 24), 90), scheduled(finished(24, 48), 91), finished(48, 72)});
  EXPECT_THAT(coverage.covered, ElementsAre(hours(0, 72)));
}

TEST(Coverage, HasNoPlaceForAnEmptyWindow) {
  EXPECT_THAT(coverage_of({ended(24, 24, Outcome::skipped, "its window is empty")}), Coverage{});
  EXPECT_THAT(
      coverage_of({finished(0, 24), ended(24, 24, Outcome::skipped, "its window is empty"), finished(24, 48)})
          .gaps,
      IsEmpty());
}

TEST(Coverage, CountsARunFromBesideOnlyBetweenTheOthers) {
  CoverageLedger ledger;
  ledger.take(ended(24, 48, Outcome::failed, "refused"));
  ledger.take(finished(48, 72));
  ledger.take_beside(finished(0, 30));
  ledger.take_beside(finished(90, 100));
  const Coverage coverage = ledger.close();
  EXPECT_EQ(coverage.span, hours(24, 72));
  EXPECT_THAT(coverage.covered, ElementsAre(hours(24, 30), hours(48, 72)));
  EXPECT_THAT(coverage.gaps, ElementsAre(Uncovered{hours(30, 48), Outcome::failed, "refused"}));
}

// Each day of a year by its local midnights: they tile, whatever the clocks do.
TEST(Coverage, OfDaysTilesOverChangesOfTheClocks) {
  schedule::ZoneDatabase zones;
  for (const char* name : {"Europe/Berlin", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe"}) {
    const schedule::Zone zone = zones.find(name).value();
    const auto cron = schedule::Cron::parse("0 6 * * *").value();
    const schedule::WindowRule previous_day{schedule::WindowRule::Kind::previous_day, {}};
    CoverageLedger ledger;
    int days = 0;
    std::chrono::seconds shortest = std::chrono::hours{99}, longest{};
    const Instant after = parse_utc("2025-01-02T00:00:00Z").value();
    const Instant end = parse_utc("2026-01-02T00:00:00Z").value();
    for (auto fire = schedule::next(cron, zone, after); fire && fire->at < end;
         fire = schedule::next(cron, zone, fire->at), ++days) {
      RunRecord record = finished(0, 1);
      record.key.scheduled = fire->at;
      record.window = window_for(previous_day, cron, zone, fire->at);
      shortest = std::min(shortest, record.window.end - record.window.begin);
      longest = std::max(longest, record.window.end - record.window.begin);
      // The short day's and the long day's evidence is lost.
      if (record.window.end - record.window.begin != std::chrono::hours{24}) {
        record.outcome = Outcome::missed;
        record.reason = "nothing ran";
      }
      ledger.take(record);
    }
    EXPECT_EQ(days, 365) << name;
    EXPECT_LT(shortest, std::chrono::hours{24}) << name;
    EXPECT_GT(longest, std::chrono::hours{24}) << name;
    const Coverage coverage = ledger.close();
    ASSERT_EQ(coverage.gaps.size(), 2U) << name;
    EXPECT_EQ(coverage.covered.size(), 3U) << name;
    const auto length = [](const Uncovered& gap) { return gap.span.end - gap.span.begin; };
    EXPECT_EQ(length(coverage.gaps[0]) + length(coverage.gaps[1]), shortest + longest) << name;
    for (const Uncovered& gap : coverage.gaps) EXPECT_EQ(gap.outcome, Outcome::missed) << name;
  }
}

}  // namespace
}  // namespace dbssd::planner
