#include "cli/daemon.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <sstream>

#include "cli/policy_file.h"
#include "fakes/recording_sink.h"
#include "unit/cli/policy_text.h"

namespace dbssd::cli {
namespace {

using telemetry::EventId;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// Before any thread of any test of this program: one that does not block them would take the signals, and
/// die.
[[maybe_unused]] const bool kBlocked = [] {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGHUP);
  return pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0;
}();

/// Signals itself from within its own turns: a script of what happens in which turn, the last of which stops.
class DaemonTest : public testing::Test {
 protected:
  DaemonTest() {
    path_ = directory_.write("policy.yaml", policy_text(directory_));
    policy_ = require_policy(path_, zones_, Secrets::required, clock_.now().second(), {err_, err_});
  }

  void serve(std::vector<std::function<void()>> script) {
    Daemon daemon({signals_,
                   clock_,
                   zones_,
                   log_,
                   [this](const policy::Log&) -> Expected<void> {
                     ++relogged_;
                     return relogging_;
                   },
                   {err_, err_},
                   path_,
                   policy_->state.path,
                   [this](const PolicyStanding& standing) {
                     told_.push_back(standing);
                     if (when_told_) when_told_();
                   }},
                  PolicyFile{policy_, {}, "the former"});
    std::size_t turns = 0;
    const auto turn = [&] {
      if (turns < script.size()) {
        script[turns++]();
      } else {
        kill(getpid(), SIGTERM);
      }
      return Daemon::Progress{clock_.now().mono};
    };
    daemon.serve(turn, [this](const auto& policy) -> Expected<void> {
      taken_.push_back(policy);
      return taking_;
    });
    policy_ = daemon.policy();
    standing_ = daemon.standing();
  }

  /// A turn in which the policy becomes another and the daemon is told so.
  std::function<void()> reload(const std::string& more) {
    return [this, more] {
      directory_.write("policy.yaml", policy_text(directory_, more));
      kill(getpid(), SIGHUP);
    };
  }
  [[nodiscard]] telemetry::Event only(EventId id) const {
    const auto events = log_.events(id);
    EXPECT_EQ(events.size(), 1U);
    return events.empty() ? telemetry::Event{} : events.front();
  }

  const fakes::TempDirectory directory_;
  service::Signals signals_{std::chrono::seconds{60}, 1};
  const SystemClock clock_;
  schedule::ZoneDatabase zones_;
  fakes::RecordingSink log_;
  std::ostringstream err_;
  std::string path_;
  std::shared_ptr<const policy::Policy> policy_;
  PolicyStanding standing_;
  std::vector<PolicyStanding> told_;
  std::function<void()> when_told_;
  std::vector<std::shared_ptr<const policy::Policy>> taken_;
  Expected<void> taking_;
  Expected<void> relogging_;
  int relogged_ = 0;
};

TEST_F(DaemonTest, IsReadyAndThenStopsWhenTold) {
  serve({});
  EXPECT_THAT(log_.ids(), ElementsAre(EventId::service_ready, EventId::service_stopping));
  EXPECT_EQ(log_.events().front().msg, "1 project, no start rules, no reports");
}

TEST_F(DaemonTest, TakesUpAValidPolicyAndSaysWhatChanged) {
  serve({reload("instances: {reconcile_interval: 1m}\n")});
  EXPECT_THAT(log_.ids(), ElementsAre(EventId::service_ready, EventId::service_reloaded,
                                      EventId::policy_changed, EventId::service_stopping));
  EXPECT_EQ(only(EventId::policy_changed).msg, "instances.reconcile_interval: 5m -> 1m");
  ASSERT_EQ(taken_.size(), 1U);
  EXPECT_EQ(taken_.front(), policy_);
  EXPECT_EQ(policy_->instances.reconcile_interval, std::chrono::minutes(1));
}

TEST_F(DaemonTest, NamesTheOldAndTheNewPolicyByTheirFingerprints) {
  serve({reload("instances: {reconcile_interval: 1m}\n"), reload("instances: {reconcile_interval: 1m}\n")});
  const auto events = log_.events(EventId::service_reloaded);
  ASSERT_EQ(events.size(), 2U);
  const std::string fingerprint = read_policy_file(path_, zones_, Secrets::untouched, Instant{})->fingerprint;
  EXPECT_EQ(events[0].reason, "policy the former -> " + fingerprint);
  EXPECT_EQ(events[1].reason, "policy " + fingerprint + ", as before");
  EXPECT_EQ(standing_.fingerprint, fingerprint);
}

TEST_F(DaemonTest, TellsWhatBecameOfThePolicyFile) {
  serve({reload("sumary: {}\n"), reload("instances: {reconcile_interval: 1m}\n")});
  ASSERT_EQ(told_.size(), 3U);
  EXPECT_EQ(told_[0].path, path_);
  EXPECT_EQ(told_[0].fingerprint, "the former");
  EXPECT_EQ(told_[0].refused, "");
  EXPECT_EQ(told_[1].fingerprint, "the former");
  EXPECT_EQ(told_[1].since, told_[0].since);
  EXPECT_THAT(told_[1].refused, HasSubstr("error: sumary"));
  EXPECT_NE(told_[2].fingerprint, "the former");
  EXPECT_EQ(told_[2].refused, "");
  EXPECT_EQ(told_[2], standing_);
}

// Who reads in the log that a reload was refused finds it refused in the metrics too.
TEST_F(DaemonTest, TellsWhatBecameOfThePolicyFileBeforeTheLogDoes) {
  const auto now_told = [this](EventId id) { return log_.count(id); };
  std::vector<std::pair<std::size_t, std::size_t>> logged;  // refused, taken up: when each was told
  when_told_ = [&] {
    logged.emplace_back(now_told(EventId::service_reload_failed), now_told(EventId::service_reloaded));
  };
  serve({reload("sumary: {}\n"), reload("instances: {reconcile_interval: 1m}\n")});
  EXPECT_THAT(logged, ElementsAre(std::pair(0U, 0U), std::pair(0U, 0U), std::pair(1U, 0U)));
}

TEST_F(DaemonTest, KeepsTheFormerPolicyWhereTheNewOneIsInvalid) {
  const auto former = policy_;
  serve({reload("sumary: {}\nreports: [{name: x}]\n")});
  EXPECT_THAT(log_.ids(),
              ElementsAre(EventId::service_ready, EventId::service_reload_failed, EventId::service_stopping));
  EXPECT_THAT(only(EventId::service_reload_failed).reason,
              AllOf(HasSubstr(path_ + ":9:1: error: sumary"),
                    HasSubstr("; standard error has this and 2 further errors")));
  EXPECT_THAT(err_.str(), HasSubstr(": error: reports[0]")) << "standard error has them all";
  EXPECT_TRUE(taken_.empty());
  EXPECT_EQ(policy_, former);
}

TEST_F(DaemonTest, KeepsTheFormerPolicyWhereTheFileIsGone) {
  const auto former = policy_;
  serve({[this] {
    std::filesystem::remove(path_);
    kill(getpid(), SIGHUP);
  }});
  EXPECT_THAT(only(EventId::service_reload_failed).reason, HasSubstr(path_));
  EXPECT_EQ(policy_, former);
}

TEST_F(DaemonTest, KeepsTheFormerPolicyWhereTheEngineCannotTakeUpTheNewOne) {
  const auto former = policy_;
  taking_ = fail(ErrorKind::internal, "no client for prod");
  serve({reload("instances: {reconcile_interval: 1m}\n")});
  EXPECT_EQ(only(EventId::service_reload_failed).reason, "no client for prod");
  EXPECT_EQ(relogged_, 0);
  EXPECT_EQ(policy_, former);
}

TEST_F(DaemonTest, BeginsTheLogAnewAlsoWhereNothingChanged) {
  serve({reload("")});
  EXPECT_EQ(relogged_, 1);
  EXPECT_THAT(log_.ids(),
              ElementsAre(EventId::service_ready, EventId::service_reloaded, EventId::service_stopping));
}

TEST_F(DaemonTest, GoesOnWithTheFormerLogWhereTheNewOneCannotBeOpened) {
  relogging_ = fail(ErrorKind::internal, "/var/log/x: permission denied");
  serve({reload("instances: {reconcile_interval: 1m}\n")});
  EXPECT_THAT(err_.str(), HasSubstr("/var/log/x: permission denied; the former log goes on"));
  EXPECT_EQ(policy_->instances.reconcile_interval, std::chrono::minutes(1));
}

TEST_F(DaemonTest, SaysThatAnotherStateNeedsARestart) {
  serve({[this] {
    std::string text = policy_text(directory_);
    text.replace(text.find("state.db"), 8, "other.db");
    directory_.write("policy.yaml", text);
    kill(getpid(), SIGHUP);
  }});
  const auto changed = only(EventId::policy_changed);
  EXPECT_THAT(changed.msg, HasSubstr("state.path: "));
  EXPECT_THAT(changed.reason, HasSubstr("takes effect at the next restart"));
}

TEST_F(DaemonTest, ReloadsAsOftenAsItIsTold) {
  serve({reload("instances: {reconcile_interval: 1m}\n"), reload("sumary: {}\n"),
         reload("instances: {reconcile_interval: 2m}\n")});
  EXPECT_EQ(policy_->instances.reconcile_interval, std::chrono::minutes(2));
  EXPECT_EQ(log_.count(EventId::service_reloaded), 2U);
  EXPECT_EQ(log_.count(EventId::service_reload_failed), 1U);
}

}  // namespace
}  // namespace dbssd::cli
