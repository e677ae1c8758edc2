#include "overview/report_coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/journal_samples.h"

namespace dbssd::overview {
namespace {

using fakes::at;
using planner::Coverage;
using planner::Uncovered;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Window span(long begin, long end) { return {at(begin), at(end)}; }
Uncovered lost(long begin, long end, const std::string& reason = "refused") {
  return {span(begin, end), journal::Outcome::failed, reason};
}
SeriesCoverage series(const std::string& report, const std::string& id, Coverage coverage) {
  return {{ProjectName("prod"), ReportName(report), InstanceId(id)}, std::move(coverage)};
}

/// "0-10 covered 2"
std::vector<std::string> lines(const ReportCoverage& report) {
  std::vector<std::string> all;
  for (const CoverageSegment& one : report.segments)
    all.push_back(std::to_string((one.span.begin - at(0)).count()) + "-" +
                  std::to_string((one.span.end - at(0)).count()) + " " + std::string(to_string(one.state)) +
                  " " + std::to_string(one.instances) + (one.reason.empty() ? "" : " " + one.reason));
  return all;
}

TEST(ReportCoverage, IsAtEachTimeTheWorstOfItsInstances) {
  const auto found = by_report(
      {series("daily", "a", {span(0, 40), {span(0, 40)}, {}, {}}),
       series("daily", "b",
              {span(0, 40), {span(0, 10), span(20, 30)}, {lost(10, 20)}, {{span(30, 40), {}, "in flight"}}}),
       series("daily", "c", {span(5, 30), {span(5, 12)}, {lost(12, 30)}, {}})},
      {});
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].instances, 3U);
  EXPECT_EQ(found[0].span, span(0, 40));
  EXPECT_THAT(lines(found[0]),
              ElementsAre("0-5 covered 2", "5-10 covered 3", "10-12 gap 1 refused", "12-20 gap 2 refused",
                          "20-30 gap 1 refused", "30-40 pending 1 in flight"));
}

TEST(ReportCoverage, JoinsWhatSaysTheSame) {
  const auto found =
      by_report({series("daily", "a", {span(0, 30), {span(0, 10)}, {lost(10, 20), lost(20, 30)}, {}})}, {});
  EXPECT_THAT(lines(found[0]), ElementsAre("0-10 covered 1", "10-30 gap 1 refused"));
}

TEST(ReportCoverage, LeavesOpenWhatNoInstanceHadBegun) {
  const auto found = by_report({series("daily", "a", {span(0, 10), {span(0, 10)}, {}, {}}),
                                series("daily", "b", {span(20, 30), {span(20, 30)}, {}, {}})},
                               {});
  EXPECT_THAT(lines(found[0]), ElementsAre("0-10 covered 1", "20-30 covered 1"));
}

TEST(ReportCoverage, IsApartForEachReport) {
  const auto found = by_report({series("a", "1", {span(0, 10), {span(0, 10)}, {}, {}}),
                                series("a", "2", {span(0, 10), {span(0, 10)}, {}, {}}), series("b", "1", {})},
                               {});
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].report, ReportName("a"));
  EXPECT_EQ(found[0].instances, 2U);
  EXPECT_THAT(found[1].segments, IsEmpty());
}

TEST(ReportCoverage, NamesTheNewestGapsAndCountsTheRest) {
  Coverage coverage{span(0, 1000), {}, {}, {}};
  for (long i = 0; i < 30; ++i) {
    coverage.gaps.push_back(lost(20 * i, 20 * i + 10));
    coverage.covered.push_back(span(20 * i + 10, 20 * i + 20));
  }
  const auto found = by_report({series("daily", "a", coverage)}, {{InstanceId("a"), "prod-a"}});
  EXPECT_EQ(found[0].gaps, 30U);
  ASSERT_THAT(found[0].newest_gaps, SizeIs(kMostGaps));
  EXPECT_EQ(found[0].newest_gaps.front().what.span, span(580, 590));
  EXPECT_EQ(found[0].newest_gaps.back().what.span, span(200, 210));
  EXPECT_EQ(found[0].newest_gaps.front().instance_name, "prod-a");
}

TEST(ReportCoverage, OfTooManyStretchesHidesNoGap) {
  Coverage coverage{span(0, 100000), {}, {}, {}};
  long gap_seconds = 0;
  for (long i = 0; i < 1000; ++i) {
    coverage.covered.push_back(span(100 * i, 100 * i + 99));
    coverage.gaps.push_back(lost(100 * i + 99, 100 * i + 100));
  }
  const auto found = by_report({series("daily", "a", coverage)}, {});
  ASSERT_LE(found[0].segments.size(), kMostSegments);
  for (const CoverageSegment& one : found[0].segments)
    if (one.state == CoverageState::gap) gap_seconds += (one.span.end - one.span.begin).count();
  EXPECT_EQ(gap_seconds, 100000) << "each part has a gap in it";
  EXPECT_EQ(found[0].span, span(0, 100000));
}

}  // namespace
}  // namespace dbssd::overview
