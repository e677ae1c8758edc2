#include "overview/timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/journal_samples.h"

namespace dbssd::overview {
namespace {

using fakes::at;
using journal::Outcome;
using journal::RunState;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Seconds kHour = std::chrono::hours{1};
/// 2025-03-09T07:00:00Z
const Instant kNow = at(0);
const ProjectName kProd("prod");

policy::Policy policy_of(const std::string& expression, const std::string& zone = "UTC") {
  policy::Policy policy;
  policy::ReportRule rule{.name = ReportName("daily"), .schedule = schedule::Cron::parse(expression).value()};
  rule.time_zone = zone;
  policy.reports = {rule};
  return policy;
}

/// So many instances with a schedule each.
journal::Remembered fleet(int instances) {
  journal::Remembered all;
  for (int i = 0; i < instances; ++i) {
    journal::InstanceRecord instance = fakes::instance("i-" + std::to_string(i));
    instance.vanished = false;
    all.instances.push_back(instance);
    all.schedules.push_back(fakes::schedule("daily", instance.id.str()));
  }
  return all;
}

std::vector<Mark> ahead(const policy::Policy& policy, const journal::Remembered& all) {
  schedule::ZoneDatabase zones;
  Timeline timeline(kNow);
  EXPECT_TRUE(timeline.look_ahead(policy, all, zones));
  const auto rows = timeline.rows(kProd);
  return rows.empty() ? std::vector<Mark>{} : rows.front().marks;
}

TEST(Timeline, HasOneMarkForATimeOfAllInstances) {
  Timeline timeline(kNow);
  const Instant scheduled = kNow - kHour;
  const auto run = [&](const char* id) { return fakes::due_run("daily", id, scheduled); };
  journal::RunRecord accepted = run("a");
  accepted.state = RunState::accepted;
  timeline.take(accepted);
  timeline.take(run("b"));
  timeline.take(fakes::settled(run("c"), Outcome::finished, kNow));
  timeline.take(fakes::settled(run("d"), Outcome::failed, kNow));
  for (const Outcome outcome : {Outcome::missed, Outcome::expired, Outcome::skipped})
    timeline.take(fakes::settled(run("e"), outcome, kNow));
  const auto rows = timeline.rows(kProd);
  ASSERT_THAT(rows, SizeIs(1));
  ASSERT_THAT(rows[0].marks, SizeIs(1));
  const Mark& mark = rows[0].marks[0];
  EXPECT_EQ(mark.at, scheduled);
  EXPECT_FALSE(mark.until);
  EXPECT_EQ(mark.running, 1U);
  EXPECT_EQ(mark.due, 1U);
  EXPECT_EQ(mark.finished, 1U);
  EXPECT_EQ(mark.failed, 1U);
  EXPECT_EQ(mark.missed, 3U);
}

TEST(Timeline, ReachesADayBack) {
  Timeline timeline(kNow);
  timeline.take(fakes::due_run("daily", "a", kNow - 24 * kHour - Seconds{1}));
  EXPECT_THAT(timeline.rows(kProd), IsEmpty());
  timeline.take(fakes::due_run("daily", "a", kNow - 24 * kHour));
  EXPECT_THAT(timeline.rows(kProd), SizeIs(1));
}

TEST(Timeline, ReachesADayAheadForAllInstancesThatAreThere) {
  journal::Remembered all = fleet(4);
  all.instances[0].vanished = true;
  all.schedules[1].expression.clear();  // ended
  const auto marks = ahead(policy_of("0 6,7 * * *"), all);
  ASSERT_THAT(marks, SizeIs(2));
  EXPECT_EQ(marks[0].at, kNow + 23 * kHour);
  EXPECT_EQ(marks[1].at, kNow + 24 * kHour) << "not now, which is decided already";
  EXPECT_EQ(marks[0].due, 2U);
}

TEST(Timeline, GoesByTheZoneOfTheRule) {
  const auto marks = ahead(policy_of("0 9 * * *", "Asia/Shanghai"), fleet(1));
  ASSERT_THAT(marks, SizeIs(1));
  EXPECT_EQ(format_utc(marks[0].at), "2025-03-10T01:00:00Z");
}

TEST(Timeline, CountsEachInstanceAtTheTimeThatItDraws) {
  const auto marks = ahead(policy_of("H * * * *"), fleet(200));
  std::size_t due = 0;
  for (const Mark& mark : marks) due += mark.due;
  EXPECT_EQ(due, 200U * 24);
  EXPECT_GT(marks.size(), 24U);
}

TEST(Timeline, SumsUpWhatWouldBeTooMuch) {
  const auto marks = ahead(policy_of("* * * * *"), fleet(3));
  ASSERT_LE(marks.size(), kMostMarks);
  std::size_t due = 0;
  for (const Mark& mark : marks) {
    EXPECT_EQ(mark.until, mark.at + Seconds{900});
    due += mark.due;
  }
  EXPECT_EQ(due, 3U * 24 * 60) << "none is lost";
}

}  // namespace
}  // namespace dbssd::overview
