#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "cli/command.h"
#include "cli/printing.h"
#include "fakes/journal_samples.h"
#include "journal/schema.h"
#include "journal/sqlite.h"
#include "journal/sqlite_journal.h"
#include "unit/cli/policy_text.h"

namespace dbssd::cli {
namespace {

using journal::Outcome;
using journal::RunRecord;
using journal::RunState;
using journal::StartState;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kReports = R"(
reports:
  - {name: daily-sox, template: {type: SOX}, schedule: "0 6 * * *"}
  - {name: hourly, template: {type: PCI}, schedule: "30 * * * *", window: {last: 1h}}
)";

class Status : public testing::Test {
 protected:
  // A project that was listed a moment ago.
  Status() {
    arguments_.policy = directory_.write("policy.yaml", policy_text(directory_, kReports));
    batch_.project.emplace();
    batch_.project->answered_at = batch_.project->listed_at = now_ - Seconds{60};
  }

  void instance(const std::string& id, cloud::InstanceStatus status) {
    journal::InstanceRecord record = fakes::instance(id);
    record.name = "name-" + id;
    record.status = status;
    record.effect.reset();
    record.vanished = false;
    record.held_until.reset();
    batch_.instances.push_back(record);
  }
  void schedule(const std::string& report, const std::string& id, const std::string& expression) {
    batch_.schedules.push_back({ReportName(report), InstanceId(id), expression, "UTC", "previous_day", now_,
                                now_, std::nullopt, std::nullopt});
  }
  RunRecord run(RunState state) const {
    RunRecord record = fakes::due_run("daily-sox", "i-1", now_ - std::chrono::hours{1});
    record.state = state;
    record.reason = "as it goes";
    return record;
  }
  // As a daemon does, which then goes on to keep it.
  void commit() {
    auto opened = journal::open_sqlite(directory_.file("state.db"), journal::Access::read_write);
    ASSERT_TRUE(opened) << opened.error().message;
    ASSERT_TRUE(opened->journal->commit(ProjectName("prod"), batch_));
    kept_ = std::move(opened->journal);
  }
  int print() {
    out_.str("");
    err_.str("");
    return status(arguments_, {out_, err_});
  }
  nlohmann::json document(int expected) {
    arguments_.output = Output::json;
    EXPECT_EQ(print(), expected) << out_.str() << err_.str();
    return nlohmann::json::parse(out_.str());
  }
  // What is wrong, where nothing but one kind of thing is.
  nlohmann::json the_wrong() {
    commit();
    const auto said = document(kFailed);
    EXPECT_FALSE(said.at("well"));
    EXPECT_EQ(said.at("projects")[0].at("wrong").size(), 1U) << said;
    return said.at("projects")[0].at("wrong")[0];
  }

  const fakes::TempDirectory directory_;
  const Instant now_ = SystemClock().now().second();
  StatusArguments arguments_;
  journal::Batch batch_;
  std::unique_ptr<journal::Journal> kept_;
  std::ostringstream out_, err_;
};

TEST_F(Status, CountsInstancesByTheirStatus) {
  instance("i-1", cloud::InstanceStatus::active);
  instance("i-2", cloud::InstanceStatus::active);
  instance("i-3", cloud::InstanceStatus::shutoff);
  instance("i-4", cloud::InstanceStatus::shutoff);
  batch_.instances.back().vanished = true;  // long ago
  commit();
  EXPECT_EQ(print(), kWell);
  EXPECT_THAT(out_.str(),
              testing::ContainsRegex(
                  "prod +answered 1m[0-9s]* ago +-  +3: 2 ACTIVE, 1 SHUTOFF; 1 no longer listed\n"));
  EXPECT_THAT(out_.str(), HasSubstr("no gaps in the last 31 days\n"));
  const auto project = document(kWell).at("projects")[0];
  EXPECT_EQ(project.at("instances"), nlohmann::json::parse(R"({"ACTIVE": 2, "SHUTOFF": 1})"));
  EXPECT_EQ(project.at("vanished"), 1);
  EXPECT_THAT(project.at("wrong"), IsEmpty());
}

TEST_F(Status, SaysWhoIsHeldAndUntilWhen) {
  instance("i-1", cloud::InstanceStatus::shutoff);
  batch_.instances[0].held_until = now_ + std::chrono::hours{3};
  instance("i-2", cloud::InstanceStatus::shutoff);
  batch_.instances[1].held_until = now_ - Seconds{1};
  const auto wrong = the_wrong();
  EXPECT_EQ(wrong.at("what"), "held");
  EXPECT_EQ(wrong.at("instance_id"), "i-1");
  EXPECT_EQ(wrong.at("instance_name"), "name-i-1");
  EXPECT_THAT(wrong.at("reason").get<std::string>(), HasSubstr(format_utc(now_ + std::chrono::hours{3})));
}

TEST_F(Status, SaysWhichStartIsOverdueAndNoMoreOnceItIsUpOrAskedForAgain) {
  for (const char* id : {"i-1", "i-2", "i-3"}) {
    instance(id, cloud::InstanceStatus::shutoff);
    batch_.starts.push_back(fakes::start(id, now_ - std::chrono::hours{1}));
    batch_.starts.back().state = StartState::overdue;
  }
  batch_.instances[1].status = cloud::InstanceStatus::active;
  batch_.starts.push_back(fakes::start("i-3", now_ - Seconds{60}));
  batch_.starts.back().state = StartState::accepted;
  batch_.starts.back().settled_at.reset();
  const auto wrong = the_wrong();
  EXPECT_EQ(wrong.at("what"), "start overdue");
  EXPECT_EQ(wrong.at("instance_id"), "i-1");
  EXPECT_THAT(wrong.at("reason").get<std::string>(), AllOf(HasSubstr("keep-running"), HasSubstr("SHUTOFF")));
}

TEST_F(Status, SaysWhichCreationIsOverdue) {
  batch_.jobs = {fakes::job("res-1", ""), fakes::job("res-2", ""), fakes::job("res-3", "")};
  for (journal::JobRecord& job : batch_.jobs) job.first_seen = now_ - std::chrono::hours{2};
  batch_.jobs[0].settled = false;
  batch_.jobs[2].settled = batch_.jobs[2].overdue = false;
  const auto wrong = the_wrong();
  EXPECT_EQ(wrong.at("what"), "creation overdue");
  EXPECT_EQ(wrong.at("resource_id"), "res-1");
  const auto followed = document(kFailed).at("projects")[0].at("in_flight");
  ASSERT_EQ(followed.size(), 1U);
  EXPECT_EQ(followed[0].at("resource_id"), "res-3");
}

TEST_F(Status, SaysWhichCreationFailedForADay) {
  batch_.jobs = {fakes::job("res-1", "job-1"), fakes::job("res-2", "job-2"), fakes::job("res-3", "job-3")};
  batch_.jobs[0].first_seen = now_ - std::chrono::hours{23};
  batch_.jobs[1].first_seen = now_ - std::chrono::hours{25};
  batch_.jobs[2].first_seen = now_;
  batch_.jobs[2].status = cloud::JobStatus::success;
  const auto wrong = the_wrong();
  EXPECT_EQ(wrong.at("what"), "creation failed");
  EXPECT_EQ(wrong.at("resource_id"), "res-1");
  EXPECT_THAT(wrong.at("reason").get<std::string>(), HasSubstr("DBSS.11000000"));
}

TEST_F(Status, ShowsReportsInFlightWithTheirProgressAndThoseThatWait) {
  instance("i-1", cloud::InstanceStatus::active);
  RunRecord accepted = run(RunState::accepted);
  accepted.percentum = 40;
  accepted.accepted_at = now_ - std::chrono::minutes{3};
  RunRecord due = run(RunState::due);
  due.key.scheduled += Seconds{60};
  due.reason = "the instance is\nnot ACTIVE";
  batch_.runs = {accepted, due};
  commit();
  EXPECT_EQ(print(), kWell);
  EXPECT_THAT(out_.str(), HasSubstr("in flight\n  report  daily-sox on name-i-1, " +
                                    short_utc(accepted.key.scheduled, now_) + "  40 %, for 3m"));
  EXPECT_THAT(out_.str(),
              HasSubstr("waiting\n  report  daily-sox on name-i-1, " + short_utc(due.key.scheduled, now_)));
  EXPECT_THAT(out_.str(), HasSubstr(": the instance is?not ACTIVE\n"));
  const auto project = document(kWell).at("projects")[0];
  EXPECT_EQ(project.at("in_flight")[0].at("percentum"), 40);
  EXPECT_EQ(project.at("waiting")[0].at("reason"), "the instance is\nnot ACTIVE");
}

TEST_F(Status, SaysWhichReportIsOverdue) {
  RunRecord overdue = run(RunState::accepted);
  overdue.overdue = true;
  batch_.runs = {overdue};
  const auto wrong = the_wrong();
  EXPECT_EQ(wrong.at("what"), "report overdue");
  EXPECT_EQ(wrong.at("report"), "daily-sox");
  EXPECT_EQ(wrong.at("scheduled_time"), format_utc(overdue.key.scheduled));
}

TEST_F(Status, SaysWhichReportWasFinishedAndNeverArchived) {
  RunRecord given_up = fakes::settled(run(RunState::accepted), Outcome::finished, now_);
  given_up.archive_error = "no such report";
  batch_.runs = {given_up};
  const auto wrong = the_wrong();
  EXPECT_EQ(wrong.at("what"), "not archived");
  EXPECT_EQ(wrong.at("report"), "daily-sox");
  EXPECT_EQ(wrong.at("reason"), "no such report");
}

TEST_F(Status, SaysOfJoinedTimesWhatTheyWaitForInOneLine) {
  instance("i-1", cloud::InstanceStatus::active);
  const RunRecord carrier = run(RunState::accepted);
  batch_.runs = {carrier};
  for (int hour = 1; hour <= 30; ++hour) {
    RunRecord joined = run(RunState::merged);
    joined.key.scheduled -= std::chrono::hours{hour};
    joined.served_by = carrier.key.scheduled;
    batch_.runs.push_back(joined);
  }
  commit();
  const auto project = document(kWell).at("projects")[0];
  ASSERT_EQ(project.at("waiting").size(), 1U);
  EXPECT_EQ(project.at("waiting")[0].at("scheduled_time"), format_utc(carrier.key.scheduled));
  EXPECT_THAT(project.at("waiting")[0].at("reason").get<std::string>(), HasSubstr("30 missed times"));
}

TEST_F(Status, ShowsTheSoonestFiveTimesOverAllReportsAndInstances) {
  for (const char* id : {"i-1", "i-2"}) {
    instance(id, cloud::InstanceStatus::active);
    schedule("daily-sox", id, "0 6 * * *");
    schedule("hourly", id, "30 * * * *");
    schedule("no-longer-asked-for", id, "* * * * *");
  }
  commit();
  const auto next = document(kWell).at("next");
  ASSERT_EQ(next.size(), 2U);
  EXPECT_LT(next[0].at("scheduled_time"), next[1].at("scheduled_time"));
  for (const auto& fire : next) {
    EXPECT_EQ(fire.at("instances"), 2);
    EXPECT_EQ(fire.at("instance_name"), "name-i-1");
    EXPECT_EQ(fire.at("scheduled_time").get<std::string>().substr(fire.at("report") == "hourly" ? 13 : 10),
              fire.at("report") == "hourly" ? ":30:00Z" : "T06:00:00Z");
  }
  arguments_.output = Output::text;
  EXPECT_EQ(print(), kWell);
  EXPECT_THAT(out_.str(), HasSubstr("  hourly on name-i-1 and 1 other\n"));
}

TEST_F(Status, SaysThatScheduledTimesCameDueAndNobodyDecidedThem) {
  for (const char* id : {"i-1", "i-2"}) {
    instance(id, cloud::InstanceStatus::active);
    schedule("hourly", id, "30 * * * *");
    batch_.schedules.back().cursor = now_ - std::chrono::hours{3};
  }
  const auto wrong = the_wrong();
  EXPECT_EQ(wrong.at("what"), "not decided");
  EXPECT_EQ(wrong.at("report"), "hourly");
  EXPECT_THAT(wrong.at("reason").get<std::string>(), HasSubstr("2 instances"));
  EXPECT_GT(wrong.at("since").get<std::string>(), format_utc(now_ - std::chrono::hours{3}));
  EXPECT_LE(wrong.at("since").get<std::string>(), format_utc(now_ - std::chrono::hours{2}));
}

TEST_F(Status, CountsTheGapsOfAMonthAndNamesTheNewest) {
  instance("i-1", cloud::InstanceStatus::active);
  const Instant minute = std::chrono::floor<std::chrono::minutes>(now_);  // as schedules name it
  for (const long days : {40L, 20L, 10L, 5L}) {
    RunRecord lost = fakes::settled(run(RunState::due), Outcome::expired, now_);
    lost.key.scheduled = minute - std::chrono::days{days};
    lost.window = {lost.key.scheduled - std::chrono::days{1}, lost.key.scheduled};
    if (days == 10) lost.outcome = Outcome::finished;
    batch_.runs.push_back(lost);
  }
  commit();
  const auto gaps = document(kFailed).at("gaps");
  EXPECT_EQ(gaps.at("count"), 4) << "two windows, and the times between three";
  const auto& newest = gaps.at("newest");
  EXPECT_EQ(newest.at("report"), "daily-sox");
  EXPECT_EQ(newest.at("instance_name"), "name-i-1");
  EXPECT_EQ(newest.at("end"), format_utc(minute - std::chrono::days{5}));
  EXPECT_EQ(newest.at("outcome"), "expired");
  arguments_.output = Output::text;
  EXPECT_EQ(print(), kFailed);
  EXPECT_THAT(
      out_.str(),
      AllOf(HasSubstr("4 gaps in the last 31 days; the newest, of daily-sox on name-i-1"),
            HasSubstr(
                "expired: as it goes; dbssd history has all, and dbssd trigger makes a report by hand\n")));
}

TEST_F(Status, SaysHowTheCloudAnswersAndHowOldTheTokenIs) {
  batch_.project->token_issued = now_ - std::chrono::hours{3};
  batch_.project->token_expires = now_ + std::chrono::hours{21};
  commit();
  EXPECT_EQ(print(), kWell);
  EXPECT_THAT(out_.str(), testing::ContainsRegex("prod +answered 1m[0-9]*s? ago +3h[0-9ms]* of 1d +0\n"));
}

TEST_F(Status, NamesAFailingProjectWithItsReasonAndIsNotWell) {
  batch_.project->failing_since = now_ - std::chrono::hours{2};
  batch_.project->failure = "Connection\nrefused";
  commit();
  EXPECT_EQ(print(), kFailed);
  EXPECT_THAT(out_.str(), testing::ContainsRegex("prod +fails for 2h"));
  EXPECT_THAT(out_.str(), HasSubstr("wrong\n  project fails  prod  for 2h"));
  EXPECT_THAT(out_.str(), HasSubstr(": Connection?refused\n    to do: dbssd check --online"));
  EXPECT_FALSE(document(kFailed).at("well"));
}

TEST_F(Status, NamesThePolicyThatItRead) {
  commit();
  const auto said = document(kWell);
  EXPECT_EQ(said.at("service").at("policy").at("path"), arguments_.policy);
  EXPECT_EQ(said.at("service").at("policy").at("fingerprint").get<std::string>().size(), 16U);
}

TEST_F(Status, KeepsAsideWhatDiffersInMoreThanTheInstance) {
  for (int i = 0; i < 12; ++i) {
    batch_.runs.push_back(run(RunState::due));
    batch_.runs.back().key.scheduled += Seconds{60 * i};
  }
  commit();
  EXPECT_EQ(print(), kWell);
  EXPECT_THAT(out_.str(), HasSubstr("  and 9 more; --output json has more\n"));
}

TEST_F(Status, IsOneScreenHoweverMuchThereIs) {
  for (int i = 0; i < 200; ++i) {
    instance("i-" + std::to_string(i), cloud::InstanceStatus::shutoff);
    batch_.instances.back().held_until = now_ + std::chrono::hours{1};
    batch_.runs.push_back(run(RunState::due));
    batch_.runs.back().key.instance = InstanceId("i-" + std::to_string(i));
  }
  commit();
  EXPECT_EQ(print(), kFailed);
  const std::string text = out_.str();
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 30);
  EXPECT_THAT(text, testing::ContainsRegex("held  name-i-0 and 199 others  for [0-9dh]+: until "));
  EXPECT_EQ(document(kFailed).at("projects")[0].at("wrong").size(), 200U);
}

TEST_F(Status, IsWellOnlyWhileADaemonKeepsTheState) {
  commit();
  EXPECT_EQ(print(), kWell);
  EXPECT_THAT(out_.str(), HasSubstr("a daemon runs: process " + std::to_string(::getpid()) + " holds "));
  const auto held = document(kWell);
  EXPECT_EQ(held.at("state").at("held"), true);
  EXPECT_EQ(held.at("state").at("process"), std::to_string(::getpid()));
  EXPECT_THAT(held.at("wrong"), IsEmpty());

  kept_.reset();
  const auto left = document(kFailed);
  EXPECT_EQ(left.at("well"), false);
  EXPECT_EQ(left.at("state").at("held"), false);
  ASSERT_EQ(left.at("wrong").size(), 1U);
  EXPECT_EQ(left.at("wrong")[0].at("what"), "no daemon");
  EXPECT_TRUE(left.at("wrong")[0].contains("since"));
  arguments_.output = Output::text;
  EXPECT_EQ(print(), kFailed);
  EXPECT_THAT(out_.str(), HasSubstr("no daemon runs: nobody holds "));
  EXPECT_THAT(out_.str(),
              HasSubstr("process " + std::to_string(::getpid()) + ", the last one, stopped in order at "));
  EXPECT_THAT(out_.str(), HasSubstr("    to do: systemctl start dbssd"));
}

TEST_F(Status, IsNotWellWhereItCannotFindOutWhetherADaemonRuns) {
  commit();
  kept_.reset();
  const std::string lock = directory_.file("state.db.lock");
  std::filesystem::remove(lock);
  std::filesystem::create_directory(lock);
  EXPECT_EQ(print(), kFailed);
  EXPECT_THAT(out_.str(), HasSubstr("whether a daemon runs is not known\n"));
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("daemon not known"), HasSubstr("is not a regular file"),
                                HasSubstr("    to do: ask as the user")));
  EXPECT_TRUE(document(kFailed).at("state").at("held").is_null());
}

TEST_F(Status, IsNotWellWithAListOfTheDayBefore) {
  batch_.project->listed_at = now_ - std::chrono::days{1};
  const auto wrong = the_wrong();
  EXPECT_EQ(wrong.at("what"), "list old");
  EXPECT_EQ(wrong.at("since"), format_utc(now_ - std::chrono::days{1}));
  EXPECT_THAT(wrong.at("remedy").get<std::string>(), HasSubstr("systemctl status dbssd"));
}

// The reports of this policy select every instance.
TEST_F(Status, IsNotWellWithWhatARuleSelectsAndNoStartCanMend) {
  instance("i-1", cloud::InstanceStatus::active);
  instance("i-2", cloud::InstanceStatus::frozen);
  instance("i-3", cloud::InstanceStatus::error);
  instance("i-4", cloud::InstanceStatus::active);
  batch_.instances.back().vanished = true;
  batch_.instances.back().vanished_at = now_ - std::chrono::hours{2};
  commit();
  EXPECT_EQ(print(), kFailed);
  EXPECT_THAT(out_.str(), testing::ContainsRegex(
                              "in error +name-i-3 +for [^:]+: the list says ERROR, and report daily-sox "
                              "selects it\n    to do: only the service"));
  EXPECT_THAT(out_.str(), testing::ContainsRegex("frozen +name-i-2 +for [^:]+: the list says FROZEN"));
  EXPECT_THAT(out_.str(), testing::ContainsRegex("vanished +name-i-4 +for 2h[^:]*: it is no longer listed"));
}

TEST_F(Status, ListsWhatNoRuleSelectsAndIsWell) {
  arguments_.policy = directory_.write("bare.yaml", policy_text(directory_));
  instance("i-2", cloud::InstanceStatus::frozen);
  commit();
  EXPECT_EQ(print(), kWell);
  EXPECT_THAT(out_.str(),
              testing::ContainsRegex("selected by no rule\n  frozen  name-i-2  for [^:]+: the list "
                                     "says FROZEN, and no rule selects it\n"));
  EXPECT_EQ(document(kWell).at("projects")[0].at("not_selected")[0].at("instance_id"), "i-2");
}

TEST_F(Status, OfAStateThatIsNotThereIsNotWellAndLeavesNoFile) {
  EXPECT_EQ(print(), kFailed);
  EXPECT_THAT(out_.str(), HasSubstr("\nprod     not asked yet  -          0\n"));
  EXPECT_THAT(out_.str(),
              AllOf(HasSubstr("none has ever kept this journal"), HasSubstr("never asked  prod")));
  EXPECT_THAT(err_.str(), HasSubstr("there is no such file yet"));
  EXPECT_FALSE(std::filesystem::exists(directory_.file("state.db")));
  EXPECT_FALSE(std::filesystem::exists(directory_.file("state.db.lock")));
}

TEST_F(Status, OfAJournalThatIsNewerOrOlderIsNotWellAndSaysWhatToDo) {
  for (const auto& [version, said] :
       {std::pair(99, "by a newer dbssd"), std::pair(1, "start the daemon once, it brings it up to date")}) {
    commit();
    kept_.reset();
    const std::string path = directory_.file("state.db");
    const int known = journal::sqlite::schema_version();
    auto changed = journal::sqlite::Connection::open(path, SQLITE_OPEN_READWRITE).value();
    ASSERT_TRUE(changed.execute("PRAGMA user_version = " + std::to_string(version)));
    const auto said_in_json = document(kFailed);
    EXPECT_EQ(said_in_json.at("well"), false);
    EXPECT_THAT(said_in_json.at("error").get<std::string>(), HasSubstr(said));
    EXPECT_THAT(err_.str(), HasSubstr(said));
    arguments_.output = Output::text;
    EXPECT_EQ(print(), kFailed);
    EXPECT_THAT(err_.str(), HasSubstr(said));
    ASSERT_TRUE(changed.execute("PRAGMA user_version = " + std::to_string(known)));
  }
}

TEST_F(Status, NeedsNoSecretButAValidPolicy) {
  unsetenv("DBSSD_TEST_TOKEN");
  commit();
  EXPECT_EQ(print(), kWell);
  arguments_.policy = directory_.file("absent.yaml");
  EXPECT_EQ(print(), kWrongUsage);
  EXPECT_THAT(err_.str(), HasSubstr("absent.yaml"));
}

}  // namespace
}  // namespace dbssd::cli
