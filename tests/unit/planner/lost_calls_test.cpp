// Create calls that fail, and those of which nobody knows whether they did.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fakes/world.h"

namespace dbssd {
namespace {

using cloud::InstanceStatus;
using fakes::Fate;
using fakes::World;
using journal::Outcome;
using journal::RunRecord;
using planner::CreateReport;
using planner::ListReports;
using std::chrono::minutes;
using telemetry::EventId;

/// A daily report, due at 06:00, whose first create calls meet the fates given; later ones go well.
class Unlucky {
 public:
  explicit Unlucky(std::vector<Fate> fates) : fates_(std::move(fates)) {
    world.report("daily", "0 6 * * *");
    world.cloud.add("i-1", InstanceStatus::active);
    world.fate = [this](const planner::Call& call) {
      if (std::holds_alternative<ListReports>(call)) looked_at.push_back(world.clock.elapsed());
      if (!std::holds_alternative<CreateReport>(call)) return Fate{};
      sent_at.push_back(world.clock.elapsed());
      return sent_at.size() <= fates_.size() ? fates_[sent_at.size() - 1] : Fate{};
    };
  }

  World world;
  std::vector<Millis> sent_at;
  std::vector<Millis> looked_at;

  [[nodiscard]] RunRecord run() const { return world.runs().front(); }

 private:
  std::vector<Fate> fates_;
};

Fate lost_answer(Millis effect_after = {}) {
  Fate fate;
  fate.effect_after = effect_after;
  fate.answer = Error{ErrorKind::outcome_unknown, "connection reset", {}, {}, 0};
  return fate;
}

TEST(PlannerLostCalls, AReportWhoseAnswerWasLostIsLookedUpAndAdopted) {
  Unlucky unlucky({lost_answer()});
  unlucky.world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(unlucky.sent_at.size(), 1U);
  EXPECT_EQ(unlucky.world.cloud.reports.size(), 1U);
  EXPECT_EQ(unlucky.world.count(EventId::report_outcome_unknown), 1U);
  EXPECT_EQ(unlucky.world.count(EventId::report_adopted), 1U);
  EXPECT_EQ(unlucky.run().outcome, Outcome::finished);
}

TEST(PlannerLostCalls, ACallIsSentAgainOnlyAfterALookUpLaterThanTheHorizon) {
  Unlucky unlucky({fakes::failing(ErrorKind::outcome_unknown)});
  unlucky.world.run_until("2025-06-02T06:30:00Z");
  ASSERT_EQ(unlucky.sent_at.size(), 2U);
  const Millis horizon = minutes{1};  // twice the time-out of a call
  EXPECT_TRUE(std::ranges::any_of(unlucky.looked_at, [&](Millis at) {
    return at >= unlucky.sent_at[0] + horizon && at <= unlucky.sent_at[1];
  }));
  EXPECT_EQ(unlucky.world.cloud.reports.size(), 1U);
  EXPECT_EQ(unlucky.run().outcome, Outcome::finished);
}

TEST(PlannerLostCalls, ACallThatTakesEffectLateIsNotSentTwice) {
  Unlucky unlucky({lost_answer(Seconds{50})});
  unlucky.world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(unlucky.sent_at.size(), 1U);
  EXPECT_EQ(unlucky.world.cloud.reports.size(), 1U);
  EXPECT_EQ(unlucky.run().outcome, Outcome::finished);
}

TEST(PlannerLostCalls, ALookUpIsBelievedByTheTimeThatItLeftAndNotWhenItsAnswerCame) {
  Unlucky unlucky({lost_answer(Seconds{50})});
  const auto fate = unlucky.world.fate;
  unlucky.world.fate = [&fate](const planner::Call& call) {
    const Fate met = fate(call);
    return std::holds_alternative<ListReports>(call) ? Fate{.answer_after = Seconds{65}} : met;
  };
  unlucky.world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(unlucky.sent_at.size(), 1U);
  EXPECT_EQ(unlucky.world.cloud.reports.size(), 1U);
  EXPECT_EQ(unlucky.run().outcome, Outcome::finished);
}

TEST(PlannerLostCalls, WhileTheListFailsNothingIsRepeated) {
  Unlucky unlucky({fakes::failing(ErrorKind::outcome_unknown)});
  const auto fate = unlucky.world.fate;
  bool is_list_down = true;
  unlucky.world.fate = [&](const planner::Call& call) {
    const Fate met = fate(call);
    return is_list_down && std::holds_alternative<ListReports>(call) ? fakes::failing(ErrorKind::malformed)
                                                                     : met;
  };
  unlucky.world.run_until("2025-06-02T08:00:00Z");
  EXPECT_EQ(unlucky.sent_at.size(), 1U);
  is_list_down = false;
  unlucky.world.run_until("2025-06-02T08:30:00Z");
  EXPECT_EQ(unlucky.sent_at.size(), 2U);
  EXPECT_EQ(unlucky.run().outcome, Outcome::finished);
}

TEST(PlannerLostCalls, AMalformedAnswerIsLookedUpLikeALostOne) {
  Fate garbled;
  garbled.answer = Error{ErrorKind::malformed, "not JSON", {}, {}, 200};
  Unlucky unlucky({garbled});
  unlucky.world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(unlucky.world.cloud.reports.size(), 1U);
  EXPECT_EQ(unlucky.run().outcome, Outcome::finished);
}

TEST(PlannerLostCalls, ARefusedReportIsTriedFiveTimesAndThenFailed) {
  for (const ErrorKind kind : {ErrorKind::rejected, ErrorKind::not_found}) {
    Unlucky unlucky(std::vector<Fate>(20, fakes::failing(kind, "no quota")));
    unlucky.world.run_until("2025-06-02T11:59:00Z");
    EXPECT_EQ(unlucky.sent_at.size(), 5U);
    EXPECT_EQ(unlucky.run().outcome, Outcome::failed);
    EXPECT_EQ(unlucky.run().reason.substr(0, 15), "refused 5 times");
    for (std::size_t i = 1; i < unlucky.sent_at.size(); ++i) {
      EXPECT_GE(unlucky.sent_at[i] - unlucky.sent_at[i - 1], minutes{1} * (1 << (i - 1)));
    }
    EXPECT_EQ(unlucky.world.count(EventId::report_rejected), 5U);
    EXPECT_EQ(unlucky.world.count(EventId::report_failed), 1U);
  }
}

TEST(PlannerLostCalls, ARefusedReportLooksForItsTemplateAnew) {
  Unlucky unlucky({fakes::failing(ErrorKind::rejected)});
  unlucky.world.policy.reports.front().report_template = {policy::TemplateRef::By::type, "PCI"};
  unlucky.world.run_until("2025-06-02T06:00:10Z");
  ASSERT_EQ(unlucky.sent_at.size(), 1U);
  unlucky.world.cloud.machine("i-1").templates = {{TemplateId("t-anew"), "PCI", "PCI"}};
  unlucky.world.run_until("2025-06-02T06:30:00Z");
  ASSERT_EQ(unlucky.world.cloud.reports.size(), 1U);
  EXPECT_EQ(unlucky.world.cloud.reports.front().template_id, TemplateId("t-anew"));
}

class PlannerLostCallsWithout : public testing::TestWithParam<ErrorKind> {};

TEST_P(PlannerLostCallsWithout, AnEffectAreSentAgain) {
  Unlucky unlucky({fakes::failing(GetParam()), fakes::failing(GetParam())});
  unlucky.world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(unlucky.sent_at.size(), 3U);
  EXPECT_EQ(unlucky.world.cloud.reports.size(), 1U);
  EXPECT_EQ(unlucky.run().outcome, Outcome::finished);
  EXPECT_EQ(unlucky.run().refusals, 0);
  EXPECT_EQ(unlucky.world.count(EventId::report_waiting), 1U) << "the same reason is said once";
}

INSTANTIATE_TEST_SUITE_P(All, PlannerLostCallsWithout,
                         testing::Values(ErrorKind::not_sent, ErrorKind::throttled, ErrorKind::unauthorized),
                         [](const auto& tested) { return std::string(to_string(tested.param)); });

TEST(PlannerLostCalls, TheServicesOwnWaitIsKept) {
  Fate throttled = fakes::failing(ErrorKind::throttled);
  throttled.answer->retry_after = minutes{10};
  Unlucky unlucky({throttled});
  unlucky.world.run_until("2025-06-02T06:30:00Z");
  ASSERT_EQ(unlucky.sent_at.size(), 2U);
  EXPECT_GE(unlucky.sent_at[1] - unlucky.sent_at[0], minutes{10});
}

TEST(PlannerLostCalls, WhatIsNeverTakenFailsAtItsDeadlineWithItsAttempts) {
  Unlucky unlucky(std::vector<Fate>(1'000, fakes::failing(ErrorKind::not_sent)));
  unlucky.world.policy.reports.front().deadline = std::chrono::hours{1};
  unlucky.world.run_until("2025-06-02T07:01:00Z");
  EXPECT_GT(unlucky.sent_at.size(), 5U);
  EXPECT_EQ(unlucky.run().outcome, Outcome::failed);
  EXPECT_EQ(unlucky.run().reason, "its deadline passed after " + std::to_string(unlucky.sent_at.size()) +
                                      " attempts: not sent: as it happens");
}

TEST(PlannerLostCalls, AReportOfAnotherRunIsNotAdopted) {
  Unlucky unlucky({fakes::failing(ErrorKind::outcome_unknown)});
  unlucky.world.report("other", "0 6 * * *");
  unlucky.world.run_until("2025-06-02T06:30:00Z");
  const auto runs = unlucky.world.runs();
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(unlucky.world.cloud.reports.size(), 2U);
  EXPECT_EQ(unlucky.sent_at.size(), 3U);
  EXPECT_NE(runs[0].report_id, runs[1].report_id);
}

TEST(PlannerLostCalls, WhatCanNeverBeLookedUpIsFailedInTheEnd) {
  Unlucky unlucky({fakes::failing(ErrorKind::outcome_unknown)});
  const auto fate = unlucky.world.fate;
  unlucky.world.fate = [&fate](const planner::Call& call) {
    return std::holds_alternative<ListReports>(call) ? fakes::failing(ErrorKind::malformed) : fate(call);
  };
  unlucky.world.run_until("2025-06-03T05:59:00Z");
  EXPECT_EQ(unlucky.run().outcome, std::nullopt);
  unlucky.world.run_until("2025-06-03T06:01:00Z");
  EXPECT_EQ(unlucky.run().outcome, Outcome::failed);
}

/// Each of the instance's lists of reports meets it.
void let_lists_meet(Unlucky& unlucky, const Fate& met) {
  unlucky.world.fate = [fate = unlucky.world.fate, met](const planner::Call& call) {
    const Fate own = fate(call);
    return std::holds_alternative<ListReports>(call) ? met : own;
  };
}

/// A call without an answer, and a list that does not tell.
class PlannerUndecided : public testing::Test {
 protected:
  void take_as_made() { unlucky.world.policy.reports.front().on_unknown = policy::OnUnknown::accept; }
  [[nodiscard]] std::string assumed() const {
    const auto said = unlucky.world.said(EventId::report_assumed);
    return said.size() == 1 ? said.front().reason : std::to_string(said.size()) + " times";
  }

  Unlucky unlucky{{fakes::failing(ErrorKind::outcome_unknown)}};
};

TEST_F(PlannerUndecided, WhereListsAreRefusedRetryAsksAgainAfterTenMinutesAndSaysThatItMayBeTwice) {
  let_lists_meet(unlucky, fakes::failing(ErrorKind::rejected, "no permission"));
  unlucky.world.run_until("2025-06-02T06:09:00Z");
  EXPECT_EQ(unlucky.sent_at.size(), 1U);
  unlucky.world.run_until("2025-06-02T06:12:00Z");
  ASSERT_EQ(unlucky.sent_at.size(), 2U);
  EXPECT_EQ(unlucky.world.count(EventId::report_assumed), 1U);
  EXPECT_EQ(assumed(),
            "on_unknown: retry: asked for again, since the list cannot tell: refused: no permission");
}

TEST_F(PlannerUndecided, WhereListsAreRefusedAcceptTakesItAsMade) {
  take_as_made();
  let_lists_meet(unlucky, fakes::failing(ErrorKind::not_found));
  unlucky.world.run_until("2025-06-02T07:00:00Z");
  EXPECT_EQ(unlucky.sent_at.size(), 1U);
  EXPECT_EQ(unlucky.run().state, journal::RunState::accepted);
  EXPECT_EQ(unlucky.world.count(EventId::report_assumed), 1U);
}

TEST(PlannerLostCalls, AReportThatIsTakenAsMadeIsFollowedOnceItShows) {
  Unlucky unlucky({lost_answer()});
  unlucky.world.policy.reports.front().on_unknown = policy::OnUnknown::accept;
  const auto fate = unlucky.world.fate;
  let_lists_meet(unlucky, fakes::failing(ErrorKind::rejected));
  unlucky.world.run_until("2025-06-02T07:00:00Z");
  unlucky.world.fate = fate;
  unlucky.world.run_until("2025-06-02T07:10:00Z");
  EXPECT_EQ(unlucky.run().outcome, Outcome::finished);
  EXPECT_EQ(unlucky.sent_at.size(), 1U);
}

TEST_F(PlannerUndecided, AListInDoubtProvesNothing) {
  unlucky.world.cloud.doubt = "3 of 9 reports were listed";
  unlucky.world.run_until("2025-06-02T06:09:00Z");
  EXPECT_EQ(unlucky.sent_at.size(), 1U);
  unlucky.world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(unlucky.sent_at.size(), 2U);
  EXPECT_THAT(assumed(), testing::HasSubstr("3 of 9"));
}

TEST_F(PlannerUndecided, AListThatIsWholeAgainDecides) {
  unlucky.world.cloud.doubt = "3 of 9 reports were listed";
  unlucky.world.run_until("2025-06-02T06:09:00Z");
  unlucky.world.cloud.doubt.clear();
  unlucky.world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(unlucky.sent_at.size(), 2U);
  EXPECT_EQ(unlucky.world.count(EventId::report_assumed), 0U);
}

TEST_F(PlannerUndecided, AReportWhoseTimesCannotBeReadMayBeOurs) {
  unlucky.world.run_until("2025-06-02T06:00:00Z");
  cloud::Report other;
  other.id = ReportId("rep-1");
  other.type = "AUDIT_REPORT_REAL_TIME";
  unlucky.world.cloud.reports.push_back({InstanceId("i-1"), TemplateId("t-sox"), other, {}, {}, {}});
  unlucky.world.run_until("2025-06-02T06:09:00Z");
  EXPECT_EQ(unlucky.sent_at.size(), 1U);
  unlucky.world.run_until("2025-06-02T06:30:00Z");
  EXPECT_THAT(assumed(), testing::HasSubstr("the window of the listed report rep-1 cannot be read"));
}

TEST_F(PlannerUndecided, AListThatFailsForAWhileIsNotARefusal) {
  let_lists_meet(unlucky, fakes::failing(ErrorKind::not_sent));
  unlucky.world.run_until("2025-06-02T08:00:00Z");
  EXPECT_EQ(unlucky.sent_at.size(), 1U);
  EXPECT_EQ(unlucky.world.count(EventId::report_assumed), 0U);
}

}  // namespace
}  // namespace dbssd
