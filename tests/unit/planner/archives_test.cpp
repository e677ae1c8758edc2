// Archived files that have been kept long enough.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/journal_samples.h"
#include "fakes/world.h"
#include "planner/archives.h"

namespace dbssd {
namespace {

using cloud::InstanceStatus;
using fakes::World;
using journal::RunRecord;
using planner::FindExpiredArchives;
using planner::RemoveArchived;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using telemetry::EventId;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

/// A rule that keeps its files for 30 days, and files in its archive.
class Archives : public testing::Test {
 protected:
  Archives() {
    world.report("daily", "0 6 1 1 *");  // it comes due no more in these tests
    rule().archive = policy::Archive{"/archive", "en-us", days{30}};
    world.cloud.add("i-1", InstanceStatus::active);
  }
  policy::ReportRule& rule() { return world.policy.reports.front(); }

  void archived(const char* scheduled, const char* instance = "i-1", const std::string& below = "/archive/",
                const char* report = "daily") {
    const Instant at = *parse_utc(scheduled);
    RunRecord run =
        fakes::settled(fakes::due_run(report, instance, at), journal::Outcome::finished, at + minutes{5});
    run.archived = below + instance + "/" + scheduled + ".pdf";
    run.archived_bytes = 48'213;
    run.archived_sha256 = "9f86";
    journal::Batch batch;
    batch.runs.push_back(std::move(run));
    ASSERT_TRUE(world.memory_journal.commit(ProjectName("prod"), batch));
  }
  [[nodiscard]] std::vector<std::string> removed() const {
    std::vector<std::string> paths;
    for (const planner::Action& action : world.calls)
      if (const auto* removal = std::get_if<RemoveArchived>(&action.call)) paths.push_back(removal->path);
    return paths;
  }
  void fail_removals(int times) {
    world.fate = [times](const planner::Call& call) mutable {
      return std::holds_alternative<RemoveArchived>(call) && times-- > 0 ? fakes::failing(ErrorKind::internal)
                                                                         : fakes::Fate{};
    };
  }

  World world;  // at 2025-06-02T00:00:00Z
};

TEST_F(Archives, AFileThatIsOlderThanItIsKeptIsRemovedAndItsRecordStays) {
  archived("2025-05-02T00:00:00Z");
  archived("2025-05-03T12:00:00Z");
  world.run_for(minutes{5});
  EXPECT_THAT(removed(), ElementsAre("/archive/i-1/2025-05-02T00:00:00Z.pdf"));
  const std::vector<RunRecord> runs = world.runs();
  ASSERT_THAT(runs, SizeIs(2));
  EXPECT_EQ(runs[0].archive_removed_at, *parse_utc("2025-06-02T00:00:00Z"));
  EXPECT_EQ(runs[0].archived, "/archive/i-1/2025-05-02T00:00:00Z.pdf");
  EXPECT_EQ(runs[0].archived_sha256, "9f86");
  EXPECT_EQ(runs[0].outcome, journal::Outcome::finished);
  EXPECT_EQ(runs[1].archive_removed_at, std::nullopt);
  const auto said = world.said(EventId::report_archive_removed);
  ASSERT_THAT(said, SizeIs(1));
  EXPECT_EQ(said[0].reason, "/archive/i-1/2025-05-02T00:00:00Z.pdf (48213 bytes, SHA-256 9f86)");
  EXPECT_EQ(said[0].report, ReportName("daily"));
}

TEST_F(Archives, AreLookedAtOnceAnHour) {
  world.run_for(hours{10} - minutes{1});
  EXPECT_EQ(world.count<FindExpiredArchives>(), 10U);
}

TEST_F(Archives, AFileIsRemovedWithinTheHourInWhichItsTimeIsOver) {
  archived("2025-05-03T03:30:00Z");
  world.run_until("2025-06-02T03:29:00Z");
  EXPECT_THAT(removed(), SizeIs(0));
  world.run_until("2025-06-02T04:31:00Z");
  EXPECT_THAT(removed(), SizeIs(1));
}

TEST_F(Archives, OfARuleThatKeepsThemForEverAreNotLookedAt) {
  archived("2020-01-01T00:00:00Z");
  rule().archive->keep.reset();
  world.run_for(hours{3});
  EXPECT_EQ(world.count<FindExpiredArchives>(), 0U);
}

TEST_F(Archives, OfARuleThatKeepsThemForEverStayBesideOneThatDoesNot) {
  archived("2020-01-01T00:00:00Z", "i-1", "/archive/", "for-ever");
  archived("2020-01-01T00:00:00Z", "i-2");
  world.report("for-ever", "0 6 1 1 *").archive = policy::Archive{"/archive", "en-us", {}};
  world.run_for(hours{3});
  EXPECT_THAT(removed(), ElementsAre("/archive/i-2/2020-01-01T00:00:00Z.pdf"));
}

TEST_F(Archives, OfOtherRulesAndOtherDirectoriesStay) {
  archived("2020-01-01T00:00:00Z", "i-1", "/archive/", "former-rule");
  archived("2020-01-01T00:00:00Z", "i-2", "/archive-2/");
  archived("2020-01-01T00:00:00Z", "i-3", "/elsewhere/");
  world.run_for(hours{3});
  EXPECT_GE(world.count<FindExpiredArchives>(), 3U);
  EXPECT_THAT(removed(), SizeIs(0));
}

TEST_F(Archives, AReasonIsGivenForEachThatIsToGo) {
  archived("2025-05-02T00:00:00Z");
  world.fate = [](const planner::Call& call) {
    return std::holds_alternative<RemoveArchived>(call) ? fakes::Fate{.answer_after = minutes{5}}
                                                        : fakes::Fate{};
  };
  world.run();
  ASSERT_THAT(removed(), SizeIs(1));
  EXPECT_EQ(describe(world.calls.back().call),
            "remove the archived report /archive/i-1/2025-05-02T00:00:00Z.pdf");
  EXPECT_EQ(world.calls.back().reason, "scheduled 2025-05-02T00:00:00Z, archive.keep is 30d");
  EXPECT_EQ(std::get<RemoveArchived>(world.calls.back().call).directory, "/archive");
  world.run_for(minutes{4});
  EXPECT_THAT(removed(), SizeIs(1)) << "once at a time";
}

TEST_F(Archives, ARemovalThatFailsIsTriedAgainInAnHourAndSaidOnce) {
  archived("2025-05-02T00:00:00Z");
  fail_removals(3);
  world.run_for(hours{5});
  EXPECT_THAT(removed(), SizeIs(4));
  EXPECT_EQ(world.count(EventId::report_archive_failed), 1U);
  EXPECT_EQ(world.count(EventId::report_archive_removed), 1U);
  EXPECT_TRUE(world.runs().front().archive_removed_at);
}

TEST_F(Archives, AFileThatWasGoneAlreadyIsRecordedAsSuch) {
  archived("2025-05-02T00:00:00Z");
  world.fate = [](const planner::Call& call) {
    return std::holds_alternative<RemoveArchived>(call) ? fakes::Fate{.answer_after = minutes{1}}
                                                        : fakes::Fate{};
  };
  world.run();
  world.answer(world.take_call<RemoveArchived>(), planner::Reply(planner::Removed{.was_there = false}));
  world.run_for(hours{2});
  EXPECT_TRUE(world.runs().front().archive_removed_at);
  EXPECT_THAT(world.said(EventId::report_archive_removed).at(0).msg, HasSubstr("gone already"));
  EXPECT_THAT(removed(), SizeIs(1));
}

TEST_F(Archives, WhatTheProcessDidNotLiveToRecordIsFoundByTheNext) {
  archived("2025-05-02T00:00:00Z");
  world.fate = [](const planner::Call& call) {
    return std::holds_alternative<RemoveArchived>(call) ? fakes::Fate{.answer_after = minutes{1}}
                                                        : fakes::Fate{};
  };
  world.run();
  world.restart();
  world.run_for(minutes{5});
  EXPECT_THAT(removed(), SizeIs(2));
  EXPECT_TRUE(world.runs().front().archive_removed_at);
}

TEST_F(Archives, AChangeOfTheRuleCountsFromTheNextMomentOn) {
  archived("2025-05-02T00:00:00Z");
  fail_removals(1);
  world.run_for(minutes{5});
  rule().archive->keep = days{60};
  world.reload();
  world.run_for(hours{5});
  EXPECT_THAT(removed(), SizeIs(1));
  rule().archive->keep = days{7};
  world.reload();
  world.run_for(hours{2});
  EXPECT_THAT(removed(), SizeIs(2));
}

TEST_F(Archives, WhatWasFoundStaysWhereTheRuleChangesBeforeItGoes) {
  struct Change {
    const char* what;
    void (*make)(policy::Archive&);
  };
  const Change changes[] = {{"kept longer", [](policy::Archive& a) { a.keep = days{31} + hours{1}; }},
                            {"kept elsewhere", [](policy::Archive& a) { a.directory = "/elsewhere"; }},
                            {"kept for ever", [](policy::Archive& a) { a.keep.reset(); }}};
  for (const Change& change : changes) {
    World other;
    other.report("daily", "0 6 1 1 *").archive = policy::Archive{"/archive", "en-us", days{30}};
    other.cloud.add("i-1", InstanceStatus::active);
    const Instant at = *parse_utc("2025-05-02T00:00:00Z");
    RunRecord run = fakes::settled(fakes::due_run("daily", "i-1", at), journal::Outcome::finished, at);
    run.archived = "/archive/i-1/found.pdf";
    journal::Batch batch;
    batch.runs.push_back(run);
    ASSERT_TRUE(other.memory_journal.commit(ProjectName("prod"), batch));
    other.fate = [](const planner::Call& call) {
      return std::holds_alternative<FindExpiredArchives>(call) ? fakes::Fate{.answer_after = hours{1}}
                                                               : fakes::Fate{};
    };
    other.run();
    const auto question = other.take_call<FindExpiredArchives>();
    change.make(*other.policy.reports.front().archive);
    other.reload();
    other.answer(question, planner::Reply(planner::ExpiredArchives{{run}}));
    other.run_for(minutes{30});
    EXPECT_EQ(other.count<RemoveArchived>(), 0U) << change.what;
  }
}

TEST_F(Archives, NothingGoesWhileItIsLookedForMore) {
  archived("2025-05-02T00:00:00Z");
  fail_removals(1);
  world.run_for(minutes{59});
  ASSERT_THAT(removed(), SizeIs(1));
  world.fate = [](const planner::Call& call) {
    return std::holds_alternative<FindExpiredArchives>(call) ? fakes::Fate{.answer_after = minutes{10}}
                                                             : fakes::Fate{};
  };
  world.run_for(minutes{5});
  EXPECT_THAT(removed(), SizeIs(1));
  world.run_for(minutes{10});
  EXPECT_THAT(removed(), SizeIs(2));
}

TEST_F(Archives, ManyAreRemovedInTurnsWithoutWaitingForHours) {
  for (int i = 0; i < 600; ++i) archived("2025-04-01T00:00:00Z", ("i-" + std::to_string(i)).c_str());
  world.run_for(minutes{5});
  EXPECT_THAT(removed(), SizeIs(600));
  EXPECT_LE(world.count<FindExpiredArchives>(), 4U);
}

TEST_F(Archives, ThatCannotBeRemovedAreNotAskedForEachMinute) {
  for (std::size_t i = 0; i < planner::kMostExpired; ++i)
    archived("2025-04-01T00:00:00Z", ("i-" + std::to_string(i)).c_str());
  fail_removals(1'000'000);
  world.run_for(hours{3} - minutes{2});
  EXPECT_LE(world.count<FindExpiredArchives>(), 5U);
}

TEST_F(Archives, AreNotTouchedBeforeTheCloudHasAnswered) {
  archived("2020-01-01T00:00:00Z");
  world.fate = [](const planner::Call& call) {
    return planner::asks_the_cloud(call) ? fakes::failing(ErrorKind::not_sent) : fakes::Fate{};
  };
  world.run_for(hours{5});
  EXPECT_EQ(world.count<FindExpiredArchives>(), 0U);
}

TEST_F(Archives, AreNotTouchedWhileTheCloudDoesNotAnswer) {
  archived("2025-05-03T00:30:00Z");
  world.run_for(minutes{10});
  world.fate = [](const planner::Call& call) {
    return planner::asks_the_cloud(call) ? fakes::failing(ErrorKind::not_sent) : fakes::Fate{};
  };
  world.run_for(hours{5});
  EXPECT_THAT(removed(), SizeIs(0));
}

TEST_F(Archives, AreLeftAloneForAnHourAfterAJumpOfTheClock) {
  archived("2025-05-30T00:00:00Z");
  world.run_for(minutes{10});
  world.clock.step(days{365});
  world.lane->clock_jumped();
  world.run_for(minutes{50});
  world.clock.step(-days{365});
  world.lane->clock_jumped();
  world.run_for(hours{5});
  EXPECT_THAT(removed(), SizeIs(0));
  EXPECT_GE(world.count<FindExpiredArchives>(), 4U);
}

TEST_F(Archives, SayNothingAboutTheHealthOfTheCloud) {
  archived("2025-05-02T00:00:00Z");
  bool is_down = false;
  world.fate = [&is_down](const planner::Call& call) {
    if (std::holds_alternative<RemoveArchived>(call)) return fakes::Fate{.answer_after = minutes{20}};
    return is_down && planner::asks_the_cloud(call) ? fakes::failing(ErrorKind::not_sent) : fakes::Fate{};
  };
  world.run();
  is_down = true;
  world.run_for(minutes{30});
  EXPECT_EQ(world.count(EventId::report_archive_removed), 1U);
  EXPECT_EQ(world.count(EventId::cloud_unreachable), 1U);
  EXPECT_EQ(world.count(EventId::cloud_recovered), 0U);
}

TEST_F(Archives, AJournalThatCannotBeAskedIsSaidOnceAndAskedAgain) {
  archived("2025-05-02T00:00:00Z");
  int failures = 3;
  world.fate = [&failures](const planner::Call& call) {
    return std::holds_alternative<FindExpiredArchives>(call) && failures-- > 0
               ? fakes::failing(ErrorKind::internal)
               : fakes::Fate{};
  };
  world.run_for(hours{3});
  EXPECT_EQ(world.count(EventId::state_failed), 1U);
  EXPECT_THAT(removed(), SizeIs(1));
}

}  // namespace
}  // namespace dbssd
