// One project, as people and programs are told of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "fakes/journal_samples.h"
#include "overview/json.h"
#include "overview/trouble.h"

namespace dbssd::overview {
namespace {

using fakes::at;
using testing::AllOf;
using testing::HasSubstr;

constexpr Instant kNow = Instant(Seconds(1741503600 + 60));  // fakes::at(60)
constexpr Seconds kInterval = std::chrono::minutes{5};       // as it is by default

/// One project "prod" whose journal holds this.
struct Project {
  policy::Policy policy = {};
  journal::Remembered all = {};
  Instant now = kNow;

  [[nodiscard]] Overview overview() const {
    Overview of_one{.keeper = journal::Keeper{journal::Keeper::Stands::holds, "812", at(0)}};
    of_one.projects = {overview_of(policy, ProjectName("prod"), all, now)};
    return of_one;
  }
  [[nodiscard]] nlohmann::ordered_json json() const { return to_json(overview())["projects"][0]; }
  [[nodiscard]] std::vector<std::string> wrong() const {
    std::vector<std::string> names;
    const Overview all_of_it = overview();
    for (const Standing& standing : all_of_it.projects[0].wrong) names.push_back(standing.what);
    return names;
  }
  [[nodiscard]] Standing only_wrong() const {
    const auto all_wrong = overview().projects[0].wrong;
    EXPECT_EQ(all_wrong.size(), 1U);
    EXPECT_FALSE(is_well(overview()));
    return all_wrong.empty() ? Standing{} : all_wrong.front();
  }
};

Project answering(Instant listed = at(50)) {
  Project project;
  project.all.project.emplace();
  project.all.project->answered_at = at(51);
  project.all.project->listed_at = listed;
  return project;
}

TEST(ProjectOverview, IsNotWellOfAProjectThatWasNeverAsked) {
  const Project project;
  const auto json = project.json();
  EXPECT_TRUE(json.at("reachable").is_null());
  EXPECT_TRUE(json.at("answered").is_null());
  EXPECT_TRUE(json.at("listed").is_null());
  EXPECT_TRUE(json.at("failing_since").is_null());
  EXPECT_EQ(json.at("failure"), "");
  EXPECT_TRUE(json.at("token").is_null());
  EXPECT_EQ(project.only_wrong().what, "never asked");
  EXPECT_THAT(json.at("wrong")[0].at("remedy").get<std::string>(), HasSubstr("systemctl reload dbssd"));
}

TEST(ProjectOverview, SaysWhenAProjectAnsweredAndWasListedLast) {
  const Project project = answering();
  const auto json = project.json();
  EXPECT_EQ(json.at("reachable"), true);
  EXPECT_EQ(json.at("answered"), "2025-03-09T07:00:51Z");
  EXPECT_EQ(json.at("listed"), "2025-03-09T07:00:50Z");
  EXPECT_TRUE(is_well(project.overview()));
}

TEST(ProjectOverview, CallsAProjectWhoseClockIsHeldNotWellAndSaysWhy) {
  Project project = answering();
  project.all.project->clock_hold = "this host's clock is 2d ahead of the service's";
  const Standing wrong = project.only_wrong();
  EXPECT_EQ(wrong.what, "clock held");
  EXPECT_EQ(wrong.reason, project.all.project->clock_hold);
  EXPECT_FALSE(is_well(project.overview()));
}

TEST(ProjectOverview, CallsAFailingProjectNotWellAndSaysSinceWhenAndWhy) {
  Project project;
  project.all.project = fakes::project();
  project.all.project->clock_hold.clear();
  const auto json = project.json();
  EXPECT_EQ(json.at("reachable"), false);
  EXPECT_EQ(json.at("failing_since"), "2025-03-09T07:00:52Z");
  EXPECT_EQ(json.at("failure"), "IAM does not answer");
  const Standing wrong = project.only_wrong();
  EXPECT_EQ(wrong.what, "project fails");
  EXPECT_EQ(wrong.since, at(52));
  EXPECT_EQ(wrong.reason, "IAM does not answer");
}

TEST(ProjectOverview, IsNotWellOfAProjectThatAnswersAndIsNotListed) {
  Project project = answering();
  project.all.project->listed_at.reset();
  EXPECT_EQ(project.only_wrong().what, "never listed");
}

TEST(ProjectOverview, IsNotWellOfAListThatIsOlderThanThreeIntervals) {
  EXPECT_TRUE(is_well(answering(kNow - 3 * kInterval).overview()));
  const Project project = answering(kNow - 3 * kInterval - Seconds{1});
  const Standing wrong = project.only_wrong();
  EXPECT_EQ(wrong.what, "list old");
  EXPECT_EQ(wrong.since, kNow - 3 * kInterval - Seconds{1});
  EXPECT_THAT(wrong.reason, AllOf(HasSubstr("every 5m"), HasSubstr(format_utc(*wrong.since))));
}

TEST(ProjectOverview, TakesAnIntervalThatIsShorterThanWhatIsWrittenForAMinute) {
  Project project = answering(kNow - std::chrono::minutes{3});
  project.policy.instances.reconcile_interval = Seconds{10};
  EXPECT_TRUE(is_well(project.overview()));
  project.now += Seconds{1};
  EXPECT_EQ(project.only_wrong().what, "list old");
}

TEST(ProjectOverview, SaysOfAFailingProjectThatItFailsAndNotThatItsListIsOld) {
  Project project = answering(kNow - std::chrono::hours{9});
  project.all.project->failing_since = kNow - std::chrono::hours{8};
  EXPECT_THAT(project.wrong(), testing::ElementsAre("project fails"));
}

TEST(ProjectOverview, SaysHowLongATokenLives) {
  Project project;
  project.all.project = fakes::project();
  const auto json = project.json();
  EXPECT_EQ(json.at("token").at("issued"), "2025-03-09T07:00:53Z");
  EXPECT_EQ(json.at("token").at("expires"), "2025-03-09T07:00:54Z");
}

TEST(ProjectOverview, SaysThatAStartWasRefusedForADay) {
  Project project = answering();
  project.all.instances = {fakes::instance("i-1")};
  project.all.instances[0].vanished = false;
  project.all.instances[0].effect.reset();
  project.all.instances[0].held_until.reset();
  project.all.starts = {fakes::start("i-1", kNow - std::chrono::hours{23})};
  project.all.starts[0].state = journal::StartState::rejected;
  const Standing wrong = project.only_wrong();
  EXPECT_EQ(wrong.what, "start rejected");
  EXPECT_THAT(wrong.reason, AllOf(HasSubstr("keep-running"), HasSubstr("refused")));
  project.now += std::chrono::hours{1};
  project.all.project->listed_at = project.now;
  EXPECT_TRUE(is_well(project.overview()));
}

TEST(Well, TakesADaemonThatKeepsTheJournal) {
  Overview overview = answering().overview();
  ASSERT_TRUE(is_well(overview));
  using Stands = journal::Keeper::Stands;
  for (const Stands stands : {Stands::nobody, Stands::closed, Stands::killed, Stands::damaged}) {
    overview.keeper->stands = stands;
    EXPECT_FALSE(is_well(overview));
  }
  overview.keeper.reset();
  EXPECT_FALSE(is_well(overview)) << "nobody has looked";
}

TEST(KeeperOfTheJournal, IsToldByWhatBecameOfTheLast) {
  using Stands = journal::Keeper::Stands;
  struct Row {
    Stands stands;
    std::optional<Instant> since;
    const char* said;
  };
  for (const auto& [stands, since, said] : {
           Row{Stands::nobody, {}, "none has ever kept this journal"},
           Row{Stands::closed, at(7), "process 812, the last one, stopped in order at 2025-03-09T07:00:07Z"},
           Row{Stands::killed, {}, "began at 2025-03-09T07:00:07Z and was killed"},
           Row{Stands::damaged, {}, "met damage in the journal at 2025-03-09T07:00:07Z"},
       }) {
    Overview overview;
    add_keeper(overview, journal::Keeper{stands, "812", at(7)});
    ASSERT_EQ(overview.wrong.size(), 1U) << said;
    EXPECT_EQ(overview.wrong[0].what, "no daemon");
    EXPECT_EQ(overview.wrong[0].since, since) << said;
    EXPECT_THAT(overview.wrong[0].reason, HasSubstr(said));
    const auto json = to_json(overview);
    EXPECT_EQ(json.at("state").at("held"), false);
    EXPECT_TRUE(json.at("state").at("process").is_null());
    EXPECT_THAT(json.at("wrong")[0].at("remedy").get<std::string>(), HasSubstr("systemctl start dbssd"));
  }
}

TEST(KeeperOfTheJournal, ThatCannotBeFoundOutIsNotWell) {
  Overview overview;
  add_keeper(overview, fail(ErrorKind::internal, "state.db.lock: Permission denied"));
  EXPECT_FALSE(is_well(overview));
  ASSERT_EQ(overview.wrong.size(), 1U);
  EXPECT_EQ(overview.wrong[0].what, "daemon not known");
  EXPECT_EQ(overview.wrong[0].reason, "state.db.lock: Permission denied");
  EXPECT_TRUE(to_json(overview).at("state").at("held").is_null());
}

TEST(Trouble, HasARemedyAndANameOfItsOwn) {
  for (std::size_t i = 0; i < kTroubles.size(); ++i) {
    EXPECT_FALSE(kTroubles.at(i).remedy.empty()) << kTroubles.at(i).what;
    EXPECT_EQ(rank_of(kTroubles.at(i).what), i);
    EXPECT_EQ(remedy_for(kTroubles.at(i).what), kTroubles.at(i).remedy);
  }
  EXPECT_EQ(remedy_for("report"), "") << "what is in flight is no trouble";
  EXPECT_EQ(rank_of("report"), kTroubles.size());
}

TEST(Trouble, IsExplainedInTheManual) {
  std::ifstream file(DBSSD_SOURCE_DIR "/docs/dbssd.md");
  const std::string manual{std::istreambuf_iterator<char>(file), {}};
  for (const auto& [what, remedy] : kTroubles) EXPECT_THAT(manual, HasSubstr("`" + std::string(what) + "`"));
}

}  // namespace
}  // namespace dbssd::overview
