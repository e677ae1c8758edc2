#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/command.h"
#include "fakes/journal_samples.h"
#include "journal/sqlite_journal.h"
#include "unit/cli/policy_text.h"

namespace dbssd::cli {
namespace {

using journal::Outcome;
using journal::RunRecord;
using journal::RunState;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kReports = R"(
reports:
  - {name: daily-sox, template: {type: SOX}, schedule: "0 6 * * *"}
)";

Instant utc(const char* text) { return parse_utc(text).value(); }

/// The run of a day of March 2025 over the day before.
RunRecord day(int day_of_month, RunState state = RunState::accepted) {
  const std::chrono::sys_days midnight = std::chrono::year{2025} / 3 / day_of_month;
  RunRecord run = fakes::due_run("daily-sox", "i-1", midnight + std::chrono::hours{6});
  run.window = {midnight - std::chrono::days{1}, midnight};
  run.state = state;
  run.reason = "accepted; done when it is listed at 100 %";
  run.submitted_at = run.key.scheduled + std::chrono::minutes{2};
  run.accepted_at = run.key.scheduled + Seconds{121};
  run.percentum = 40;
  return run;
}
RunRecord finished(int day_of_month) {
  RunRecord run = day(day_of_month);
  run.reason = "listed at 100 %";
  run.percentum = 100;
  return fakes::settled(run, Outcome::finished, run.key.scheduled + Seconds{166});
}
RunRecord missed(int day_of_month) {
  RunRecord run = day(day_of_month);
  run.reason = "missed while\nnothing ran";
  run.submitted_at.reset();
  run.accepted_at.reset();
  return fakes::settled(run, Outcome::missed, run.key.scheduled + Seconds{9});
}

class History : public testing::Test {
 protected:
  History() {
    arguments_.policy = directory_.write("policy.yaml", policy_text(directory_, kReports));
    arguments_.from = utc("2025-03-01T00:00:00Z");
    arguments_.to = utc("2025-04-01T00:00:00Z");
  }
  void record(const std::vector<RunRecord>& runs, const ProjectName& project = ProjectName("prod")) {
    journal::Batch batch;
    batch.runs = runs;
    batch.instances = {fakes::instance("i-1")};
    batch.instances[0].name = "orders\x1b[2J";
    batch.instances[0].vanished = false;
    auto opened = journal::open_sqlite(directory_.file("state.db"), journal::Access::read_write);
    ASSERT_TRUE(opened) << opened.error().message;
    ASSERT_TRUE(opened->journal->commit(project, batch));
  }
  void record(const journal::ScheduleRecord& schedule) {
    journal::Batch batch;
    batch.schedules = {schedule};
    auto opened = journal::open_sqlite(directory_.file("state.db"), journal::Access::read_write);
    ASSERT_TRUE(opened) << opened.error().message;
    ASSERT_TRUE(opened->journal->commit(ProjectName("prod"), batch));
  }
  int print() {
    out_.str("");
    err_.str("");
    return history(arguments_, {out_, err_});
  }
  nlohmann::json document() {
    arguments_.output = Output::json;
    static_cast<void>(print());
    return nlohmann::json::parse(out_.str());
  }

  const fakes::TempDirectory directory_;
  HistoryArguments arguments_;
  std::ostringstream out_, err_;
};

TEST_F(History, PrintsEachRunOldestFirstAndThatTheyCoverAll) {
  record({finished(3), finished(2)});
  EXPECT_EQ(print(), kWell) << err_.str();
  EXPECT_EQ(
      out_.str(),
      "2025-03-02T06:00:00Z  prod  daily-sox  orders?[2J  2025-03-01T00:00:00Z to 2025-03-02T00:00:00Z  "
      "finished    +2m, took 45s         listed at 100 %\n"
      "2025-03-03T06:00:00Z  prod  daily-sox  orders?[2J  2025-03-02T00:00:00Z to 2025-03-03T00:00:00Z  "
      "finished    +2m, took 45s         listed at 100 %\n"
      "\n"
      "prod  daily-sox  orders?[2J  covered 2025-03-01T00:00:00Z to 2025-03-03T00:00:00Z without a gap\n");
  EXPECT_EQ(err_.str(), "");
}

TEST_F(History, GivesEachGapAndWhatIsPendingALineWithItsReasonAndFails) {
  record({finished(2), missed(3), finished(4), day(5)});
  EXPECT_EQ(print(), kFailed);
  EXPECT_THAT(
      out_.str(),
      HasSubstr("orders?[2J  1 gap from 2025-03-01T00:00:00Z to 2025-03-05T00:00:00Z, and 1 pending\n"
                "  gap      2025-03-02T00:00:00Z to 2025-03-03T00:00:00Z  missed: missed while?nothing ran\n"
                "  pending  2025-03-04T00:00:00Z to 2025-03-05T00:00:00Z  in flight: accepted; done"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("without a gap")));
}

/// As the journal leaves it when its daemon ends.
journal::ScheduleRecord decided_until(const char* cursor, const char* instance = "i-1") {
  journal::ScheduleRecord record = fakes::schedule("daily-sox", instance);
  record.expression = "0 6 * * *";
  record.zone = "UTC";
  record.window = "previous_day";
  record.cursor = utc(cursor);
  return record;
}

TEST_F(History, NamesWhatNoDaemonWasThereFor) {
  record({finished(2), finished(3)});
  record(decided_until("2025-03-03T06:00:10Z"));
  arguments_.to = utc("2025-03-06T00:00:00Z");
  EXPECT_EQ(print(), kFailed);
  EXPECT_THAT(out_.str(),
              HasSubstr("1 gap from 2025-03-01T00:00:00Z to 2025-03-05T00:00:00Z\n"
                        "  gap      2025-03-03T00:00:00Z to 2025-03-05T00:00:00Z  not decided: no "
                        "daemon has looked since 2025-03-03T06:00:10Z\n"));
  const auto gap = document()["coverage"][0]["gaps"][0];
  EXPECT_EQ(gap["outcome"], nullptr);
  EXPECT_EQ(gap["begin"], "2025-03-03T00:00:00Z");
}

TEST_F(History, NamesItAlsoWhereNothingElseIsRecorded) {
  record({finished(2)});
  record(decided_until("2025-03-02T06:00:10Z"));
  arguments_.from = utc("2025-03-10T00:00:00Z");
  arguments_.to = utc("2025-03-11T00:00:00Z");
  EXPECT_EQ(print(), kFailed);
  EXPECT_THAT(out_.str(), HasSubstr("gap      2025-03-09T00:00:00Z to 2025-03-10T00:00:00Z  not decided"));
}

TEST_F(History, DoesNotMissWhatAReportByHandHasMade) {
  RunRecord by_hand = finished(4);
  by_hand.key.scheduled += Seconds{17};
  record({finished(2), finished(3), by_hand});
  record(decided_until("2025-03-03T06:00:10Z"));
  arguments_.to = utc("2025-03-05T00:00:00Z");
  EXPECT_EQ(print(), kWell) << out_.str();
}

TEST_F(History, AsksOnlyForWhatWasMeant) {
  record({finished(2)});
  record(decided_until("2025-03-02T06:00:10Z"));
  record(decided_until("2025-03-02T06:00:10Z", "i-gone"));  // no instance of it is there
  arguments_.to = utc("2025-03-03T06:00:00Z");              // what is scheduled then is not asked for
  EXPECT_EQ(print(), kWell) << out_.str();
  arguments_.to = utc("2025-03-03T06:00:01Z");
  EXPECT_EQ(print(), kFailed);
  EXPECT_THAT(out_.str(), Not(HasSubstr("i-gone")));
  arguments_.report = "another";
  EXPECT_EQ(print(), kWrongUsage);
}

TEST_F(History, LeavesADaemonTwoMinutes) {
  arguments_.from.reset();
  arguments_.to.reset();
  record({finished(2)});
  journal::ScheduleRecord minutely = decided_until("2025-03-02T06:00:10Z");
  minutely.expression = "* * * * *";
  minutely.window = "last 60";
  minutely.cursor = SystemClock().now().second() - Seconds{100};
  record(minutely);
  EXPECT_EQ(print(), kWell) << out_.str();
  minutely.cursor -= Seconds{200};
  record(minutely);
  EXPECT_EQ(print(), kFailed);
}

TEST_F(History, DoesNotFailForWhatIsPendingNorCallItCovered) {
  record({finished(2), day(3)});
  EXPECT_EQ(print(), kWell);
  EXPECT_THAT(out_.str(),
              HasSubstr("no gaps from 2025-03-01T00:00:00Z to 2025-03-03T00:00:00Z, and 1 pending"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("without a gap")));
}

TEST_F(History, SaysTheSameAsJson) {
  record({finished(2), missed(3), day(4)});
  const auto document = this->document();
  const auto& runs = document.at("runs");
  ASSERT_EQ(runs.size(), 3U);
  EXPECT_EQ(runs[0].at("scheduled_time"), "2025-03-02T06:00:00Z");
  EXPECT_EQ(runs[0].at("project"), "prod");
  EXPECT_EQ(runs[0].at("report"), "daily-sox");
  EXPECT_EQ(runs[0].at("instance_id"), "i-1");
  EXPECT_EQ(runs[0].at("instance_name"), "orders\x1b[2J") << "JSON escapes by itself";
  EXPECT_EQ(runs[0].at("window_begin"), "2025-03-01T00:00:00Z");
  EXPECT_EQ(runs[0].at("window_end"), "2025-03-02T00:00:00Z");
  EXPECT_EQ(runs[0].at("state"), "settled");
  EXPECT_EQ(runs[0].at("outcome"), "finished");
  EXPECT_EQ(runs[0].at("skew_seconds"), 120);
  EXPECT_EQ(runs[0].at("duration_seconds"), 45);
  EXPECT_EQ(runs[1].at("outcome"), "missed");
  EXPECT_TRUE(runs[1].at("skew_seconds").is_null());
  EXPECT_EQ(runs[2].at("state"), "accepted");
  EXPECT_TRUE(runs[2].at("outcome").is_null());
  EXPECT_EQ(runs[2].at("percentum"), 40);

  ASSERT_EQ(document.at("coverage").size(), 1U);
  const auto& coverage = document.at("coverage")[0];
  EXPECT_EQ(coverage.at("instance_id"), "i-1");
  EXPECT_EQ(coverage.at("from"), "2025-03-01T00:00:00Z");
  EXPECT_EQ(coverage.at("to"), "2025-03-04T00:00:00Z");
  using nlohmann::json;
  EXPECT_EQ(coverage.at("covered"),
            json::parse(R"([{"begin":"2025-03-01T00:00:00Z","end":"2025-03-02T00:00:00Z"}])"));
  EXPECT_EQ(coverage.at("gaps"), json::parse(R"([{"begin":"2025-03-02T00:00:00Z","end":"2025-03-03T00:00:00Z",
      "outcome":"missed","reason":"missed while\nnothing ran"}])"));
  EXPECT_EQ(coverage.at("pending").size(), 1U);
  EXPECT_THAT(coverage.at("pending")[0].at("reason").get<std::string>(), HasSubstr("in flight"));
}

TEST_F(History, NamesAFileThatWasGivenUpAndFails) {
  RunRecord given_up = finished(3);
  given_up.archive_error = "no such\nreport";
  record({finished(2), given_up});
  EXPECT_EQ(print(), kFailed);
  EXPECT_THAT(out_.str(), HasSubstr("listed at 100 %; not archived: no such?report\n"));
  EXPECT_THAT(out_.str(), HasSubstr("without a gap")) << "the report itself is there";
  const auto runs = document().at("runs");
  EXPECT_EQ(runs[0].at("archive_error"), "");
  EXPECT_EQ(runs[1].at("archive_error"), "no such\nreport");
}

TEST_F(History, IsOfTheSpanThatIsAskedFor) {
  record({finished(2), missed(3), finished(4), finished(5)});
  arguments_.from = utc("2025-03-04T06:00:00Z");
  arguments_.to = utc("2025-03-05T06:00:00Z");
  EXPECT_EQ(print(), kWell);
  EXPECT_THAT(out_.str(), HasSubstr("covered 2025-03-03T00:00:00Z to 2025-03-04T00:00:00Z without"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("2025-03-05T06:00:00Z")));
}

TEST_F(History, IsOfTheLast31DaysUnlessASpanIsAskedFor) {
  const Instant now = SystemClock().now().second();
  RunRecord old = missed(2), recent = missed(3);
  old.key.scheduled = now - std::chrono::days{32};
  recent.key.scheduled = now - std::chrono::days{30};
  record({old, recent});
  arguments_.from.reset();
  arguments_.to.reset();
  const auto runs = document().at("runs");
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0].at("scheduled_time"), format_utc(recent.key.scheduled));
}

TEST_F(History, CanBeOfOneInstanceByItsIdOrItsName) {
  RunRecord other = missed(2);
  other.key.instance = InstanceId("i-2");
  record({finished(2), other});
  EXPECT_EQ(print(), kFailed);
  for (const char* instance : {"i-1", "orders\x1b[2J"}) {
    arguments_.instance = instance;
    EXPECT_EQ(print(), kWell) << instance;
    EXPECT_THAT(out_.str(), Not(HasSubstr("i-2"))) << instance;
  }
}

TEST_F(History, CanBeOfOneReport) {
  RunRecord other = missed(2);
  other.key.report = ReportName("weekly");
  record({finished(2), other});
  arguments_.report = "daily-sox";
  EXPECT_EQ(print(), kWell);
  EXPECT_THAT(out_.str(), Not(HasSubstr("weekly")));
}

TEST_F(History, CanBeOfAProjectThatHasLeftThePolicy) {
  record({finished(2)}, ProjectName("former"));
  arguments_.project = "former";
  EXPECT_EQ(print(), kWell) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("former  daily-sox"));
}

TEST_F(History, RefusesWhatNobodyKnows) {
  record({finished(2)});
  const auto refusal = [this] {
    EXPECT_EQ(print(), kWrongUsage);
    EXPECT_EQ(out_.str(), "");
    return err_.str();
  };
  arguments_.project = "pord";
  EXPECT_THAT(refusal(), HasSubstr("--project: neither the policy nor the state knows 'pord'"));
  arguments_.project.reset();
  arguments_.report = "dayly";
  EXPECT_THAT(refusal(), HasSubstr("--report: neither the policy nor the state knows 'dayly'"));
  arguments_.report.reset();
  arguments_.instance = "i-7";
  EXPECT_THAT(refusal(), HasSubstr("'i-7'"));
  arguments_.instance.reset();
  arguments_.from = arguments_.to;
  EXPECT_THAT(refusal(), HasSubstr("--from must be earlier than --to"));
}

TEST_F(History, OfAStateThatIsNotThereIsEmptyAndSaysSo) {
  EXPECT_EQ(print(), kWell);
  EXPECT_EQ(out_.str(), "");
  EXPECT_THAT(err_.str(),
              AllOf(HasSubstr("state.db: there is no such file yet"), HasSubstr("nothing is recorded")));
  EXPECT_EQ(document(), nlohmann::json::parse(R"({"runs": [], "coverage": []})"));
  EXPECT_FALSE(std::filesystem::exists(directory_.file("state.db")));
  EXPECT_FALSE(std::filesystem::exists(directory_.file("state.db.lock")));
}

TEST_F(History, OfAStateThatCannotBeReadIsAnErrorAndNotEmpty) {
  std::filesystem::create_symlink("state.db", directory_.file("state.db"));  // a link to itself
  EXPECT_EQ(print(), kFailed);
  EXPECT_EQ(out_.str(), "");
  EXPECT_THAT(err_.str(), HasSubstr("state.db"));
  std::filesystem::remove(directory_.file("state.db"));
  directory_.write("state.db", std::string(4096, 'x'));
  EXPECT_EQ(print(), kFailed);
  EXPECT_THAT(err_.str(), HasSubstr("state.db"));
}

TEST_F(History, NeedsNoSecretButAValidPolicy) {
  unsetenv("DBSSD_TEST_TOKEN");
  record({finished(2)});
  EXPECT_EQ(print(), kWell);
  arguments_.policy = directory_.write("bad.yaml", policy_text(directory_, "sumary: {}\n"));
  EXPECT_EQ(print(), kWrongUsage);
  EXPECT_THAT(err_.str(), HasSubstr("sumary"));
}

}  // namespace
}  // namespace dbssd::cli
