// Promised: every scheduled report ends in exactly one recorded outcome, wherever the process was killed:
// here before and after each write to the journal's files and each word to the cloud.
#include <sys/resource.h>

#include <csignal>
#include <list>
#include <map>
#include <memory>
#include <optional>

#include "fault/process/backlog.h"
#include "fault/process/evidence.h"
#include "fault/process/steps.h"

namespace integration {
namespace {

using Clock = std::chrono::steady_clock;

constexpr milliseconds kBetweenLooks{500};
constexpr std::size_t kCasesAtOnce = 24;
constexpr int kMinutes = 2;
const std::vector<std::string> kReported{"prod-a", "prod-b"};
const std::vector<std::string> kTypes{"SOX", "PCI"};
const std::string kStarted = "off";

// A site whose process was killed, and the next one, which has to bring its work to an end.
struct Case {
  Case(std::string called, std::unique_ptr<FastSite> at) : name(std::move(called)), site(std::move(at)) {}

  std::string name;
  std::unique_ptr<FastSite> site;
  std::optional<Child> child;
  Clock::time_point begun = Clock::now();
  Clock::time_point next_look = begun + kBetweenLooks;
};

class AtEachStep : public testing::Test {
 protected:
  void SetUp() override {
    // Each site is a cloud of its own, with its connections.
    rlimit files{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &files), 0);
    files.rlim_cur = files.rlim_max;
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &files), 0);
  }

  std::unique_ptr<FastSite> new_site() const {
    auto site = std::make_unique<FastSite>(
        fleet_of({{{"name", "prod-a"}}, {{"name", "prod-b"}}, {{"name", kStarted}, {"status", "SHUTOFF"}}},
                 {{"report_seconds", 0}, {"report_visible_after", 20}, {"start_seconds", 0}}));
    site->policy["instances"]["start"] = {{{"name", "keep-running"}}};
    site->policy["reports"] = json::array();
    for (const std::string& type : kTypes) {
      json rule = backlog_.rule(type);
      rule["select"]["name"] = kReported;
      site->policy["reports"].push_back(std::move(rule));
    }
    return site;
  }

  // A site of which `prepared` is the state, as far as a state goes.
  std::unique_ptr<FastSite> site_with(const std::map<std::string, std::string>& prepared) const {
    auto site = new_site();
    for (const auto& [suffix, bytes] : prepared) write_file(site->state_path() + suffix, bytes);
    return site;
  }
  // One in which all reports are due. Nothing was started.
  std::map<std::string, std::string> state_left_behind() const {
    auto site = new_site();
    site->policy["instances"].erase("start");
    fall_behind(*site);
    return {{"", read_file(site->state_path())}, {".lock", read_file(site->state_path() + ".lock")}};
  }

  std::vector<std::string> all_reports() const { return backlog_.reports(kReported, kTypes); }

  // Kills `run --once` at every step of what it does on a site that is new each time, and lets a daemon bring
  // each to its end. Every other one of those is killed too, somewhere.
  template <class NewSite>
  void kill_everywhere(const NewSite& staged, const std::vector<std::string>& expected) {
    auto untouched = staged();
    kill_at(*untouched, 0, Moment::before);
    ASSERT_EQ(untouched->run_once().status, 0);
    steps_ = steps_of(*untouched);
    ASSERT_GT(steps_, 20);
    RecordProperty("steps", static_cast<int>(steps_));
    for (const Moment moment : {Moment::before, Moment::after}) {
      long reached = 0;
      for (long step = 1; !HasFailure() && kill(staged(), step, moment);
           step += moment == Moment::before ? 1 : 3) {
        ASSERT_LT(step, 3 * steps_) << "it does not get to the end of its work";
        reached = step;
        do look_after(expected);
        while (cases_.size() >= kCasesAtOnce);
      }
      EXPECT_TRUE(HasFailure() || reached > steps_ * 2 / 3) << "not everywhere: up to " << reached;
    }
    while (!cases_.empty()) look_after(expected);
  }

 private:
  // False where it came to its end before that step.
  bool kill(std::unique_ptr<FastSite> site, long step, Moment moment) {
    kill_at(*site, step, moment);
    Child child = site->begin({"run", "--once"});
    const auto status = child.wait(kPatience);
    if (status != 128 + SIGKILL) {
      EXPECT_EQ(status, 0) << site->all_output();
      return false;
    }
    const std::string name =
        (moment == Moment::before ? "killed before step " : "killed after step ") + std::to_string(step);
    step % 2 == 0 ? kill_no_more(*site) : kill_at(*site, 1 + step * 7 % steps_, moment);
    Case& added = cases_.emplace_back(name, std::move(site));
    added.child.emplace(added.site->begin({"run"}));
    return true;
  }

  void look_after(const std::vector<std::string>& expected) {
    pause_between_looks();
    for (auto it = cases_.begin(); it != cases_.end();) {
      const bool given_up = Clock::now() > it->begun + kPatience;
      const bool ended = given_up || (Clock::now() >= it->next_look && has_ended(*it, expected.size()));
      if (ended) {
        SCOPED_TRACE(it->name);
        EXPECT_FALSE(given_up) << "it does not end:\n" << it->site->all_output();
        it->child->signal(SIGKILL);
        it->child->wait(kPatience);
        kill_no_more(*it->site);
        expect_each_once(*it->site, expected);
        EXPECT_LE(it->site->cloud.starts_of(kStarted), 1U);
        EXPECT_LE(it->site->cloud.calls("start_instance"), 1);
      }
      it = ended ? cases_.erase(it) : std::next(it);
    }
  }

  static bool has_ended(Case& open, std::size_t expected) {
    open.next_look = Clock::now() + kBetweenLooks;
    if (const auto status = open.child->wait(milliseconds{0})) {
      EXPECT_EQ(status, 128 + SIGKILL) << open.name << open.site->all_output();
      kill_no_more(*open.site);
      open.child.emplace(open.site->begin({"run"}));
      return false;
    }
    if (!progress_of(*open.site).is_done(expected)) return false;
    // The start that was never sent is found out after two minutes only: until then it stays on record.
    return open.site->cloud.starts_of(kStarted) == 1 ||
           !open.site->query("SELECT 1 FROM start WHERE settled_at IS NULL").empty();
  }

  const Backlog backlog_{kMinutes};
  std::list<Case> cases_;
  long steps_ = 0;
};

TEST_F(AtEachStep, OfMakingWhatIsDueEachReportIsMadeOnce) {
  const auto behind = state_left_behind();
  kill_everywhere([this, &behind] { return site_with(behind); }, all_reports());
}

TEST_F(AtEachStep, OfFollowingWhatWasMadeNothingIsForgotten) {
  const auto behind = state_left_behind();
  const auto followed = [this, &behind] {
    auto site = site_with(behind);
    EXPECT_EQ(site->run_once().status, 0);
    EXPECT_EQ(site->cloud.calls("create_report"), static_cast<int>(all_reports().size()));
    return site;
  };
  kill_everywhere(followed, all_reports());
}

TEST_F(AtEachStep, OfTheVeryFirstStartTheStateIsWhole) {
  kill_everywhere([this] { return new_site(); }, {});
}

}  // namespace
}  // namespace integration
