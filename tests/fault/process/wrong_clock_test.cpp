// A wall clock that is wrong for a minute, under the whole program.
#include "fault/process/fast_site.h"
#include "fault/process/preloaded.h"

namespace integration {
namespace {

using std::chrono::nanoseconds;

class WrongClock : public testing::Test {
 protected:
  WrongClock() : site(fleet_of({{{"name", "prod-a"}}}, {{"report_seconds", 0}})) {
    site.policy["reports"] = {
        minutely({{"schedule", "*/5 * * * *"}, {"missed", "latest"}, {"deadline", "1h"}})};
  }

  // Ahead by two days, from so long after now on, for a minute of the site's.
  void be_wrong(milliseconds after) {
    const auto from = std::chrono::system_clock::now().time_since_epoch() + after;
    const auto count = [](auto span) { return std::to_string(nanoseconds(span).count()); };
    site.environment[kWrongClock] =
        count(from) + ' ' + count(from + seconds{60} / FastSite::kRate) + ' ' + count(std::chrono::hours{48});
  }

  FastSite site;
};

TEST_F(WrongClock, ForAMinuteCostsARunningDaemonNothing) {
  be_wrong(seconds{15});
  Daemon daemon = site.daemon();
  ASSERT_TRUE(daemon.says("report.finished"));
  ASSERT_TRUE(daemon.says("clock.held", json::object(), 1, 2 * kPatience));
  ASSERT_TRUE(daemon.says("clock.trusted"));
  const std::size_t before = events(daemon.log(), "report.finished").size();
  ASSERT_TRUE(daemon.says("report.finished", json::object(), before + 3, 4 * kPatience));
  daemon.stop();
  const std::string log = daemon.out();
  EXPECT_EQ(site.query("SELECT count(*) FROM run WHERE outcome IN ('missed', 'expired', 'failed')"),
            std::vector<std::string>{"0"})
      << log;
  EXPECT_EQ(site.query("SELECT count(*) = 1 + (max(scheduled) - min(scheduled)) / 300 FROM run"),
            std::vector<std::string>{"1"})
      << log;
  EXPECT_EQ(site.cloud.truth("counts")["duplicates"], 0);
}

TEST_F(WrongClock, CostsASingleCycleNothing) {
  ASSERT_EQ(site.run_once().status, 0);
  const auto cursor = site.query("SELECT cursor FROM schedule");
  be_wrong(milliseconds{0});
  ASSERT_EQ(site.run_once().status, 0);
  site.environment.erase(kWrongClock);
  EXPECT_EQ(site.query("SELECT count(*) FROM run WHERE outcome IN ('missed', 'expired')"),
            std::vector<std::string>{"0"});
  EXPECT_EQ(site.query("SELECT max(cursor) - " + cursor.at(0) + " < 3600 FROM schedule"),
            std::vector<std::string>{"1"});
}

}  // namespace
}  // namespace integration
