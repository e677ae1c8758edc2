// A journal that is older than what the process before did: a backup that was put back, a log that broke off.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "fakes/world.h"

namespace dbssd {
namespace {

using cloud::InstanceStatus;
using fakes::Fate;
using fakes::World;
using journal::Outcome;
using planner::CreateReport;
using planner::ListReports;
using planner::StartInstance;
using std::chrono::hours;
using std::chrono::minutes;
using telemetry::EventId;

using Outcomes = std::vector<std::optional<Outcome>>;

/// A report over the previous day, due at 06:00, and a process that is killed at 06:30.
struct SetBack {
  SetBack() {
    world.report("daily", "0 6 * * *");
    world.cloud.add("i-1", InstanceStatus::active);
  }

  void live_and_be_set_back_to(const std::string& when) {
    world.run_until(when);
    const auto backup = world.memory_journal.backup();
    world.run_until("2025-06-02T06:30:00Z");
    world.end();
    world.memory_journal.put_back(backup);
  }
  void be_down_while_it_is_due() {
    world.run_until("2025-06-02T05:59:00Z");
    world.end();
    world.clock.suspend(minutes{30});
  }
  /// Over the same window, at a time that was over when the process began.
  void ask_by_hand(const std::string& when) {
    const planner::Asked asked{{ReportName("daily"), InstanceId("i-1"), *parse_utc(when)},
                               {*parse_utc("2025-06-01T00:00:00Z"), *parse_utc("2025-06-02T00:00:00Z")}};
    world.lane->keep(planner::ask(world.lane->scope(), asked, world.clock.now(), world.lane->memory));
  }
  /// As the list has it; made by whomever.
  void make_report(const std::string& type, const std::string& day) {
    cloud::Report report;
    report.id = ReportId("rep-of-" + type);
    report.type = "AUDIT_REPORT_REAL_TIME";
    report.template_type = type;
    report.start = *parse_utc(day + "T00:00:00Z");
    report.end = *report.start + hours{24};
    world.cloud.reports.push_back({InstanceId("i-1"), TemplateId("t"), report, {}, {}, {}});
  }

  World world;
};

TEST(PlannerSetBack, WhatTheListHasIsAdopted) {
  for (const char* when : {"2025-06-02T05:00:00Z", "2025-06-02T06:00:00Z"}) {
    SetBack back;
    back.world.policy.reports.front().spread = minutes{10};
    back.live_and_be_set_back_to(when);
    ASSERT_EQ(back.world.cloud.reports.size(), 1U);
    back.world.run_for(hours{1});
    EXPECT_EQ(back.world.cloud.reports.size(), 1U) << "set back to " << when;
    EXPECT_EQ(back.world.count(EventId::report_adopted), 1U) << "set back to " << when;
    EXPECT_EQ(back.world.outcomes(), (Outcomes{Outcome::finished})) << "set back to " << when;
    EXPECT_EQ(back.world.runs().front().report_id, back.world.cloud.reports.front().report.id);
  }
}

TEST(PlannerSetBack, OneThatIsStillBeingMadeIsFollowed) {
  SetBack back;
  back.world.cloud.report_takes = hours{1};
  back.live_and_be_set_back_to("2025-06-02T05:00:00Z");
  back.world.run_for(minutes{10});
  EXPECT_EQ(back.world.runs().front().state, journal::RunState::accepted);
  back.world.run_for(hours{1});
  EXPECT_EQ(back.world.cloud.reports.size(), 1U);
  EXPECT_EQ(back.world.outcomes(), (Outcomes{Outcome::finished}));
}

TEST(PlannerSetBack, EachOfTheDaysThatWereForgottenIsAdopted) {
  SetBack back;
  back.world.policy.reports.front().missed = schedule::MissedPolicy::all;
  back.world.run_until("2025-06-02T05:00:00Z");
  const auto backup = back.world.memory_journal.backup();
  back.world.run_until("2025-06-05T05:00:00Z");
  ASSERT_EQ(back.world.cloud.reports.size(), 3U);
  back.world.end();
  back.world.memory_journal.put_back(backup);
  back.world.policy.reports.front().deadline = hours{24 * 10};
  back.world.run_for(minutes{10});
  EXPECT_EQ(back.world.cloud.reports.size(), 3U);
  EXPECT_EQ(back.world.outcomes(), (Outcomes{Outcome::finished, Outcome::finished, Outcome::finished}));
}

TEST(PlannerSetBack, WhatTheListDoesNotHaveIsSent) {
  SetBack back;
  back.make_report("PCI", "2025-06-01");  // another template
  back.make_report("SOX", "2025-05-31");  // another window
  back.be_down_while_it_is_due();
  back.world.run_for(minutes{10});
  EXPECT_EQ(back.world.count<CreateReport>(), 1U);
  EXPECT_EQ(back.world.count(EventId::report_adopted), 0U);
  EXPECT_EQ(back.world.outcomes(), (Outcomes{Outcome::finished}));
}

TEST(PlannerSetBack, WhatIsDueLaterIsSentWithoutALook) {
  SetBack back;
  back.make_report("SOX", "2025-06-01");
  back.world.fate = [](const planner::Call& call) {
    EXPECT_FALSE(std::holds_alternative<ListReports>(call));
    return Fate{};
  };
  back.world.run_until("2025-06-02T06:00:00Z");
  EXPECT_EQ(back.world.count<CreateReport>(), 1U);
}

TEST(PlannerSetBack, AReportThatAnotherRunHasIsNotAdopted) {
  SetBack back;
  back.world.run_until("2025-06-02T06:30:00Z");
  ASSERT_EQ(back.world.outcomes(), (Outcomes{Outcome::finished}));
  back.ask_by_hand("2025-06-02T06:29:01Z");
  back.world.fate = [](const planner::Call& call) {
    return std::holds_alternative<CreateReport>(call) ? fakes::failing(ErrorKind::not_sent) : Fate{};
  };
  back.world.run_for(Seconds{1});
  back.world.restart();
  back.world.fate = [](const planner::Call&) { return Fate{}; };
  back.world.run_for(minutes{30});
  EXPECT_EQ(back.world.count(EventId::report_adopted), 0U);
  EXPECT_EQ(back.world.cloud.reports.size(), 2U);
  EXPECT_EQ(back.world.outcomes(), (Outcomes{Outcome::finished, Outcome::finished}));
}

TEST(PlannerSetBack, TwoRulesThatMadeTheSameHaveOneEach) {
  SetBack back;
  back.world.report("second", "0 6 * * *");
  back.live_and_be_set_back_to("2025-06-02T05:00:00Z");
  ASSERT_EQ(back.world.cloud.reports.size(), 2U);
  back.world.run_for(hours{1});
  EXPECT_EQ(back.world.cloud.reports.size(), 2U);
  EXPECT_EQ(back.world.outcomes(), (Outcomes{Outcome::finished, Outcome::finished}));
  EXPECT_NE(back.world.runs().front().report_id, back.world.runs().back().report_id);
}

TEST(PlannerSetBack, AReportIsAdoptedOnce) {
  SetBack back;
  back.live_and_be_set_back_to("2025-06-02T05:00:00Z");
  ASSERT_EQ(back.world.cloud.reports.size(), 1U);
  back.world.report("second", "5 6 * * *");
  back.world.run_for(hours{1});
  back.world.restart();
  back.world.run_until("2025-06-03T07:00:00Z");
  EXPECT_EQ(back.world.cloud.reports.size(), 3U);  // the first day's of one rule, the second day's of both
}

TEST(PlannerSetBack, NothingIsSentWhileTheListCannotBeReached) {
  SetBack back;
  back.live_and_be_set_back_to("2025-06-02T05:00:00Z");
  bool is_up = false;
  back.world.fate = [&is_up](const planner::Call& call) {
    return is_up || !std::holds_alternative<ListReports>(call) ? Fate{} : fakes::failing(ErrorKind::not_sent);
  };
  back.world.run_for(hours{1});
  EXPECT_EQ(back.world.cloud.reports.size(), 1U);
  is_up = true;
  back.world.run_for(hours{1});
  EXPECT_EQ(back.world.cloud.reports.size(), 1U);
  EXPECT_EQ(back.world.outcomes(), (Outcomes{Outcome::finished}));
}

TEST(PlannerSetBack, AServiceThatDoesNotListIsAskedThreeTimes) {
  for (const ErrorKind kind :
       {ErrorKind::rejected, ErrorKind::not_found, ErrorKind::outcome_unknown, ErrorKind::malformed}) {
    SetBack back;
    std::size_t looks = 0;
    back.be_down_while_it_is_due();
    back.world.fate = [&](const planner::Call& call) {
      if (std::holds_alternative<ListReports>(call)) {
        if (back.world.count<CreateReport>() == 0) ++looks;
        return fakes::failing(kind);
      }
      return Fate{};
    };
    back.world.run_for(hours{1});
    EXPECT_EQ(looks, 3U) << to_string(kind);
    EXPECT_EQ(back.world.cloud.reports.size(), 1U) << to_string(kind);
  }
}

TEST(PlannerSetBack, WhatCannotBeRecognisedIsSent) {
  SetBack back;
  back.make_report("PCI", "2025-06-01");
  back.be_down_while_it_is_due();
  back.world.fate = [](const planner::Call& call) {
    return std::holds_alternative<planner::ListTemplates>(call) ? fakes::failing(ErrorKind::rejected)
                                                                : Fate{};
  };
  back.world.run_for(minutes{30});
  EXPECT_EQ(back.world.count<CreateReport>(), 1U);
  EXPECT_EQ(back.world.outcomes(), (Outcomes{Outcome::finished}));
}

TEST(PlannerSetBack, AListInDoubtMayStillShowIt) {
  SetBack back;
  back.be_down_while_it_is_due();
  back.world.cloud.doubt = "1 of 2 reports were listed";
  int looks = 0;
  back.world.fate = [&](const planner::Call& call) {
    if (std::holds_alternative<ListReports>(call) && ++looks == 3) back.make_report("SOX", "2025-06-01");
    return Fate{};
  };
  back.world.run_for(hours{1});
  EXPECT_EQ(back.world.count<CreateReport>(), 0U);
}

TEST(PlannerSetBack, AListInDoubtIsReadThreeTimesAndWhatItShowsIsAdopted) {
  for (const bool is_there : {true, false}) {
    SetBack back;
    back.be_down_while_it_is_due();
    back.world.cloud.doubt = "1 of 2 reports were listed";
    if (is_there) back.make_report("SOX", "2025-06-01");
    back.world.run_for(hours{1});
    EXPECT_EQ(back.world.count<CreateReport>(), is_there ? 0U : 1U);
    EXPECT_EQ(back.world.outcomes(), (Outcomes{Outcome::finished}));
  }
}

/// The report of 06:00 is being asked for, and the same is asked for by hand, of a time before the process.
struct Contest {
  Contest() {
    back.be_down_while_it_is_due();
    back.world.fate = [this](const planner::Call& call) {
      return std::holds_alternative<CreateReport>(call) ? first : Fate{};
    };
    back.world.run_for(Seconds{5});
    EXPECT_EQ(back.world.count<CreateReport>(), 1U);
    back.ask_by_hand("2025-06-02T05:59:01Z");
  }

  SetBack back;
  Fate first{.answer_after = Seconds{60}};
};

TEST(PlannerSetBack, AReportThatMayBeAnothersIsNotAdopted) {
  Contest contest;
  contest.back.world.run_for(hours{1});
  EXPECT_EQ(contest.back.world.cloud.reports.size(), 2U);
  EXPECT_EQ(contest.back.world.outcomes(), (Outcomes{Outcome::finished, Outcome::finished}));
}

TEST(PlannerSetBack, WhileAnotherMayHaveItsReportItIsNotSentEither) {
  Contest contest;
  contest.back.make_report("SOX", "2025-06-01");
  contest.back.world.run_for(hours{1});
  EXPECT_EQ(contest.back.world.count<CreateReport>(), 1U);
  EXPECT_EQ(contest.back.world.outcomes(), (Outcomes{Outcome::finished, Outcome::finished}));
}

TEST(PlannerSetBack, WhatWasSentChoosesBeforeWhatWasNot) {
  SetBack back;
  back.world.run_until("2025-06-02T05:59:00Z");
  back.world.fate = [](const planner::Call& call) {
    if (!std::holds_alternative<CreateReport>(call)) return Fate{};
    return Fate{.answer = Error{ErrorKind::outcome_unknown, "connection reset", {}, {}, 0}};
  };
  back.world.run_until("2025-06-02T06:00:00Z");
  back.world.end();
  back.world.clock.advance(Seconds{5});
  back.world.begin();
  back.ask_by_hand("2025-06-02T05:58:01Z");
  back.world.run_for(Seconds{5});
  const auto runs = back.world.runs();
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs.back().key.scheduled, *parse_utc("2025-06-02T06:00:00Z"));
  EXPECT_EQ(runs.back().report_id, back.world.cloud.reports.front().report.id);
}

TEST(PlannerSetBack, AListOfLaterWindowsSaysNothing) {
  SetBack back;
  back.be_down_while_it_is_due();
  back.world.fate = [](const planner::Call& call) {
    return std::holds_alternative<ListReports>(call) ? Fate{.answer_after = hours{1}} : Fate{};
  };
  back.world.run_for(Seconds{5});
  auto call = back.world.take_call<ListReports>();
  call.windows_since += hours{24};
  back.world.answer(call, planner::ReportsSeen{});
  back.world.run_for(minutes{5});
  EXPECT_EQ(back.world.count<CreateReport>(), 0U);
}

TEST(PlannerSetBack, AListThatCameBeforeTheTemplateSaysNothing) {
  SetBack back;
  back.be_down_while_it_is_due();
  back.world.fate = [](const planner::Call& call) {
    return std::holds_alternative<planner::ListTemplates>(call) ? Fate{.answer_after = hours{1}} : Fate{};
  };
  back.world.run_for(Seconds{5});
  back.world.answer(ListReports{InstanceId("i-1"), {}}, planner::ReportsSeen{});
  back.world.run_for(minutes{5});
  EXPECT_EQ(back.world.count<CreateReport>(), 0U);
}

TEST(PlannerSetBack, AStartWhoseInstanceIsLostIsNotMadeTwice) {
  World world;
  world.keep_running();
  world.run_for(hours{1});
  world.cloud.add("i-1", InstanceStatus::shutoff);
  world.cloud.boot_takes = minutes{10};
  world.run_for(minutes{5});
  ASSERT_EQ(world.cloud.starts("i-1"), 1);
  auto backup = world.memory_journal.backup();
  backup[ProjectName("prod")].instances.clear();
  world.end();
  world.memory_journal.put_back(backup);
  world.cloud.machine("i-1").seen.task = cloud::InstanceTask::none;  // the list is behind
  world.run_for(minutes{4});
  EXPECT_EQ(world.cloud.starts("i-1"), 1);
  EXPECT_EQ(world.count(EventId::instance_start_overdue), 0U);
  world.run_for(minutes{10});
  EXPECT_EQ(world.count(EventId::instance_start_confirmed), 1U);
}

}  // namespace
}  // namespace dbssd
