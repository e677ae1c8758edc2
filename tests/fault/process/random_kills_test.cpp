// Promised: every scheduled report ends in exactly one recorded outcome, over crashes and lost answers: here
// hundreds of crashes at random moments, while reports come due and a third of all calls fails.
#include <cmath>
#include <csignal>
#include <future>
#include <list>
#include <random>
#include <thread>

#include "fault/process/backlog.h"
#include "fault/process/evidence.h"
#include "fault/process/steps.h"

namespace integration {
namespace {

constexpr unsigned kFleets = 2;  // side by side
constexpr int kInstances = 50;
constexpr int kMinutes = 20;
constexpr int kMinutesMissed = 10;
constexpr int kKills = 105;  // of each
const std::vector<std::string> kTypes{"SOX", "PCI"};

// A fleet, and the daemon that is killed again and again.
class Killed {
 public:
  explicit Killed(unsigned seed)
      : site_(generated(kInstances)),
        backlog_(kMinutes, next_hour(site_)),
        seed_(seed),
        random_(seed),
        expected_(backlog_.reports(instance_names(site_.cloud), kTypes)) {
    for (const std::string& type : kTypes) site_.policy["reports"].push_back(backlog_.rule(type));
    site_.cloud.control("POST", "/behaviour", {{"report_seconds", 30}, {"report_visible_after", 20}});
  }

  void live() {
    fall_behind();
    let_calls_fail();
    kill_again_and_again();
    live_on();
    expect_each_once(site_, expected_);
  }

  unsigned seed() const { return seed_; }
  // Crashes that came while a call was under way: chance, and not what is promised. That each such moment is
  // hit is for the test of each step.
  int interrupted() const { return interrupted_; }

 private:
  static constexpr milliseconds kQuiet{500};

  static std::time_t next_hour(FastSite& site) {
    constexpr std::time_t kHour = 3600;
    return std::chrono::system_clock::to_time_t(site.cloud.now()) / kHour * kHour + kHour;
  }

  // The schedules have begun, and then nothing ran until the first reports are overdue.
  void fall_behind() {
    ASSERT_EQ(site_.run_once().status, 0);
    const auto now = std::chrono::system_clock::to_time_t(site_.cloud.now());
    site_.pass(seconds{backlog_.begin() - now} + std::chrono::minutes{kMinutesMissed});
  }

  void let_calls_fail() {
    site_.cloud.fault({{"kind", "drop_before"}, {"probability", 0.1}});
    site_.cloud.fault({{"kind", "drop_after"}, {"probability", 0.1}});
    site_.cloud.fault({{"kind", "status_before"}, {"status", 503}, {"probability", 0.05}});
    site_.cloud.fault({{"kind", "throttle"}, {"probability", 0.05}, {"limit", 60'000}});
  }

  // Moments are counted in what it does and not in time: a busy host is slower, and not elsewhere in its
  // work.
  void kill_again_and_again() {
    std::uniform_real_distribution<double> magnitude(std::log(4.0), std::log(600.0));
    for (int kill = 0; kill < kKills; ++kill) {
      kill_at(site_, std::lround(std::exp(magnitude(random_))),
              random_() % 2 == 0 ? Moment::before : Moment::after);
      Child child = site_.begin({"run"});
      let_live(child);
      ASSERT_EQ(child.wait(kPatience), 128 + SIGKILL) << site_.all_output();
      interrupted_ += query_as_left(site_, "SELECT 1 FROM run WHERE state = 'submitting'").empty() ? 0 : 1;
      if (kill % 20 == 0) expect_all_written_down(site_);
    }
    kill_no_more(site_);
  }

  // Up to the step at which it dies, or until it has taken none for a while.
  void let_live(Child& child) const {
    for (long seen = -1; !child.wait(kQuiet);) {
      const long taken = steps_of(site_);
      if (taken == seen) child.signal(SIGKILL);
      seen = taken;
    }
  }

  void live_on() {
    site_.cloud.remove_faults();
    const Daemon daemon = site_.daemon();
    EXPECT_TRUE(eventually(
        [&] {
          std::this_thread::sleep_for(milliseconds{200});
          return progress_of(site_).is_done(expected_.size());
        },
        kPatience));
  }

  FastSite site_;
  const Backlog backlog_;
  const unsigned seed_;
  std::mt19937 random_;
  const std::vector<std::string> expected_;
  int interrupted_ = 0;
};

TEST(RandomKills, HundredsOfThemWithCallsLostAndEachReportIsMadeOnce) {
  const unsigned seed = std::random_device{}();
  RecordProperty("seed", std::to_string(seed));
  std::list<Killed> fleets;
  std::vector<std::future<void>> lives;
  for (unsigned fleet = 0; fleet < kFleets; ++fleet)
    lives.push_back(std::async(std::launch::async, [&killed = fleets.emplace_back(seed + fleet)] {
      SCOPED_TRACE("seed " + std::to_string(killed.seed()));
      killed.live();
    }));
  for (std::future<void>& life : lives) life.get();
  int interrupted = 0;
  for (const Killed& killed : fleets) interrupted += killed.interrupted();
  RecordProperty("interrupted", interrupted);
}

}  // namespace
}  // namespace integration
