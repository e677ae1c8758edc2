#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/command.h"
#include "cli/policy_file.h"
#include "unit/cli/policy_text.h"

namespace dbssd::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Check : public testing::Test {
 protected:
  /// Where the host has a user dbssd it is asked whether that one can write here.
  Check() { std::filesystem::permissions(directory_.path(), std::filesystem::perms::all); }
  int of(const std::string& text, Output output = Output::text) {
    return check({directory_.write("policy.yaml", text), false, output}, {out_, err_});
  }
  [[nodiscard]] std::string file() const { return directory_.file("policy.yaml"); }

  const fakes::TempDirectory directory_;
  std::ostringstream out_, err_;
};

constexpr const char* kReport = R"(
time_zone: Europe/Berlin
reports:
  - {name: daily-sox, template: {type: SOX}, schedule: "0 6 * * *"}
)";

TEST_F(Check, SaysWhatAValidPolicyHoldsAndExplainsItsSchedules) {
  EXPECT_EQ(of(policy_text(directory_, kReport)), kWell);
  EXPECT_EQ(err_.str(), "");
  EXPECT_THAT(out_.str(),
              AllOf(HasSubstr(file() + ": valid: 1 project, no start rules, 1 report; fingerprint "),
                    HasSubstr("report daily-sox: at 06:00"), HasSubstr("(Europe/Berlin)")));
}

TEST_F(Check, ShowsTheNextThreeTimesOfEachReport) {
  EXPECT_EQ(of(policy_text(directory_, kReport)), kWell);
  const std::string text = out_.str();
  std::size_t fires = 0;
  for (auto at = text.find(" 06:00:00 +0"); at != std::string::npos; at = text.find(" 06:00:00 +0", at + 1))
    ++fires;
  EXPECT_EQ(fires, 3U);
}

TEST_F(Check, PrintsEveryFindingAtItsPlace) {
  EXPECT_EQ(of(policy_text(directory_, "reports: [{name: x}]\nsumary: {}\ntime_zone: Europe/Berln\n")),
            kWrongUsage);
  EXPECT_EQ(out_.str(), "");
  EXPECT_THAT(err_.str(),
              AllOf(HasSubstr(file() + ":9:"), HasSubstr(": error: reports[0]"), HasSubstr(file() + ":10:"),
                    HasSubstr("sumary"), HasSubstr(file() + ":11:"), HasSubstr("time_zone")));
}

constexpr const char* kSuspicious = R"(
reports:
  - {name: half, template: {type: SOX}, schedule: "0 6 * * *", window: {last: 12h}}
)";

TEST_F(Check, WarnsOfWhatIsValidAndSuspiciousAndSaysSoByItsStatus) {
  EXPECT_EQ(of(policy_text(directory_, kSuspicious)), kFailed);
  EXPECT_THAT(err_.str(),
              AllOf(HasSubstr(": warning: reports[0]"), HasSubstr("12h"), HasSubstr("[window-gaps]\n")));
  EXPECT_THAT(out_.str(), HasSubstr(file() + ": valid, with 1 warning: 1 project"));
}

TEST_F(Check, CountsErrorsAndWarningsOfARefusedPolicy) {
  EXPECT_EQ(of(policy_text(directory_, std::string(kSuspicious) + "sumary: {}\nlgo: {}\n")), kWrongUsage);
  EXPECT_THAT(err_.str(), HasSubstr(file() + ": refused: 2 errors, 1 warning\n"));
}

TEST_F(Check, TellsWarningsFromErrorsInJson) {
  EXPECT_EQ(of(policy_text(directory_, kSuspicious), Output::json), kFailed);
  const auto document = nlohmann::json::parse(out_.str());
  EXPECT_EQ(document.at("valid"), true);
  EXPECT_EQ(document.at("errors"), 0);
  EXPECT_EQ(document.at("warnings"), 1);
  EXPECT_EQ(document.at("findings").at(0).at("severity"), "warning");
  EXPECT_EQ(document.at("findings").at(0).at("lint"), "window-gaps");
}

TEST_F(Check, NamesAFileByTheFirstSixteenDigitsOfItsSha256) {
  directory_.write("abc", "abc");
  schedule::ZoneDatabase zones;
  const auto read = read_policy_file(directory_.file("abc"), zones, Secrets::untouched, Instant{});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->fingerprint, "ba7816bf8f01cfea") << "as sha256sum says of these three bytes";
}

TEST_F(Check, WarnsOfADirectoryThatCannotBeWritten) {
  directory_.write("taken", "");
  EXPECT_EQ(of(policy_text(directory_, "log: {file: " + directory_.file("taken") + "/dbssd.log}\n")),
            kFailed);
  EXPECT_THAT(err_.str(), HasSubstr("log.file: cannot be written: " + directory_.file("taken") +
                                    " is no directory [not-writable]"));
}

TEST_F(Check, ColoursErrorsWarningsAndWhatIsWellWhereItIsToldTo) {
  const auto path = directory_.write("policy.yaml", policy_text(directory_, kSuspicious));
  const Streams coloured{out_, err_, Paint::always(), Paint::always()};
  EXPECT_EQ(check({path, false, Output::text}, coloured), kFailed);
  EXPECT_THAT(err_.str(),
              AllOf(testing::StartsWith("\x1b[33m" + path + ":"), HasSubstr("[window-gaps]\x1b[0m\n")));
  EXPECT_THAT(out_.str(), HasSubstr("\x1b[33mvalid, with 1 warning\x1b[0m"));
}

TEST_F(Check, RefusesASecretThatCannotBeRead) {
  const std::string text = policy_text(directory_);
  unsetenv("DBSSD_TEST_TOKEN");
  EXPECT_EQ(of(text), kWrongUsage);
  EXPECT_THAT(err_.str(), HasSubstr("environment variable DBSSD_TEST_TOKEN is not set"));
}

std::string with_credential(std::string text) {
  const std::string source = "{env: DBSSD_TEST_TOKEN}";
  return text.replace(text.find(source), source.size(), "{credential: iam-token}");
}

TEST_F(Check, DoesNotAskForCredentialsWhereSystemdGaveNone) {
  unsetenv("CREDENTIALS_DIRECTORY");
  EXPECT_EQ(of(with_credential(policy_text(directory_))), kWell);
}

TEST_F(Check, AsksForCredentialsWhereSystemdGaveThem) {
  setenv("CREDENTIALS_DIRECTORY", directory_.file("").c_str(), 1);
  EXPECT_EQ(of(with_credential(policy_text(directory_))), kWrongUsage);
  directory_.write("iam-token", "token");
  EXPECT_EQ(of(with_credential(policy_text(directory_))), kWell);
  unsetenv("CREDENTIALS_DIRECTORY");
}

TEST_F(Check, SaysTheSameAsJson) {
  EXPECT_EQ(of(policy_text(directory_, kReport), Output::json), kWell);
  EXPECT_EQ(err_.str(), "");
  const auto document = nlohmann::json::parse(out_.str());
  EXPECT_EQ(document.at("valid"), true);
  EXPECT_EQ(document.at("fingerprint").get<std::string>().size(), 16U);
  EXPECT_EQ(document.at("findings").size(), 0U);
  EXPECT_EQ(document.at("reports").at(0).at("report"), "daily-sox");
  EXPECT_EQ(document.at("reports").at(0).at("fires").size(), 3U);
  EXPECT_FALSE(document.contains("projects")) << "nobody was asked";
}

TEST_F(Check, PrintsFindingsAsJsonWithTheirPlace) {
  EXPECT_EQ(of(policy_text(directory_, "sumary: {}\n"), Output::json), kWrongUsage);
  EXPECT_EQ(err_.str(), "");
  const auto document = nlohmann::json::parse(out_.str());
  EXPECT_EQ(document.at("valid"), false);
  const auto& finding = document.at("findings").at(0);
  EXPECT_EQ(finding.at("severity"), "error");
  EXPECT_EQ(finding.at("file"), file());
  EXPECT_EQ(finding.at("line"), 9);
  EXPECT_EQ(finding.at("column"), 1);
  EXPECT_EQ(finding.at("path"), "sumary");
}

TEST_F(Check, OnlineSaysOfEachProjectWhyItDidNotAnswer) {
  const auto path = directory_.write("policy.yaml", policy_text(directory_));
  EXPECT_EQ(check({path, true, Output::text}, {out_, err_}), kNotAsked);
  EXPECT_THAT(err_.str(), AllOf(HasSubstr("project prod: "), Not(HasSubstr("token-that-nobody-takes"))));
}

}  // namespace
}  // namespace dbssd::cli
