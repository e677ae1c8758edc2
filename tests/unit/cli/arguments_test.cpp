#include "cli/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace dbssd::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

tl::expected<Arguments, std::string> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "dbssd");
  return parse_arguments(words);
}

std::string refusal(std::vector<const char*> words) {
  const auto parsed = parse(std::move(words));
  return parsed ? "no refusal" : parsed.error();
}

TEST(Arguments, OfEachCommandHaveTheirDefaults) {
  EXPECT_EQ(parse({"run"}), Arguments(RunArguments{"/etc/dbssd/policy.yaml", false, false}));
  EXPECT_EQ(parse({"check"}), Arguments(CheckArguments{"/etc/dbssd/policy.yaml", false, Output::text}));
  EXPECT_EQ(parse({"plan"}), Arguments(PlanArguments{"/etc/dbssd/policy.yaml", Output::text}));
  EXPECT_EQ(parse({"version"}), Arguments(VersionArguments{Output::text}));
  EXPECT_EQ(parse({"history"}),
            Arguments(HistoryArguments{"/etc/dbssd/policy.yaml", {}, {}, {}, {}, {}, Output::text}));
  EXPECT_EQ(parse({"status"}), Arguments(StatusArguments{"/etc/dbssd/policy.yaml", Output::text}));
  EXPECT_EQ(parse({"next"}),
            Arguments(NextArguments{"/etc/dbssd/policy.yaml", {}, {}, {}, {}, {}, {}, 5, Output::text}));
}

TEST(Arguments, OfEachCommandAreTakenUp) {
  EXPECT_EQ(parse({"run", "--once", "--dry-run", "--policy", "p"}), Arguments(RunArguments{"p", true, true}));
  EXPECT_EQ(parse({"run", "--dry-run"}), Arguments(RunArguments{kDefaultPolicy, false, true}));
  EXPECT_EQ(parse({"check", "--online", "--policy=p", "--output", "json"}),
            Arguments(CheckArguments{"p", true, Output::json}));
  EXPECT_EQ(parse({"plan", "--policy", "p", "--output=json"}), Arguments(PlanArguments{"p", Output::json}));
  EXPECT_EQ(parse({"status", "--policy", "p", "--output", "json"}),
            Arguments(StatusArguments{"p", Output::json}));
  EXPECT_EQ(parse({"version", "--output", "json"}), Arguments(VersionArguments{Output::json}));
}

TEST(Arguments, OfWaitAreTakenUp) {
  EXPECT_EQ(parse({"wait", "--resource-id", "r-1"}),
            Arguments(WaitArguments{kDefaultPolicy, "r-1", {}, {}, Output::text}));
  EXPECT_EQ(parse({"wait", "--resource-id", "r-1", "--project", "prod", "--timeout", "1h30m", "--policy", "p",
                   "--output", "json"}),
            Arguments(WaitArguments{"p", "r-1", "prod", Seconds{5400}, Output::json}));
  EXPECT_THAT(refusal({"wait"}), HasSubstr("--resource-id"));
  EXPECT_THAT(refusal({"wait", "--resource-id", "a/../b"}), HasSubstr("--resource-id"));
  EXPECT_THAT(refusal({"wait", "--resource-id", "r-1", "--timeout", "soon"}), HasSubstr("'soon'"));
}

TEST(Arguments, OfNextAreTakenUp) {
  NextArguments wanted;
  wanted.cron = "30 2 * * *";
  wanted.time_zone = "America/New_York";
  wanted.window = "last:24h";
  wanted.report = "daily-sox";
  wanted.instance = "8c53";
  wanted.from = parse_utc("2025-03-08T12:00:00Z");
  wanted.count = 3;
  wanted.output = Output::utc;
  EXPECT_EQ(parse({"next", "--cron", "30 2 * * *", "--time-zone", "America/New_York", "--window", "last:24h",
                   "--report", "daily-sox", "--instance", "8c53", "--from", "2025-03-08T12:00:00Z", "--count",
                   "3", "--output", "utc"}),
            Arguments(wanted));
}

TEST(Arguments, OfHistoryAreTakenUp) {
  const HistoryArguments wanted{"p",
                                "daily-sox",
                                "8c53",
                                "prod",
                                parse_utc("2025-03-01T00:00:00Z"),
                                parse_utc("2025-04-01T00:00:00Z"),
                                Output::json};
  EXPECT_EQ(
      parse({"history", "--policy", "p", "--report", "daily-sox", "--instance", "8c53", "--project", "prod",
             "--from", "2025-03-01T00:00:00Z", "--to", "2025-04-01T00:00:00Z", "--output", "json"}),
      Arguments(wanted));
}

TEST(Arguments, OfTriggerAreTakenUp) {
  TriggerArguments wanted;
  wanted.report = "daily-sox";
  EXPECT_EQ(parse({"trigger", "--report", "daily-sox"}), Arguments(wanted));
  wanted.policy = "p";
  wanted.project = "prod";
  wanted.instances = {"8c53", "prod-a"};
  wanted.from = parse_utc("2025-03-08T12:00:00Z");
  wanted.to = parse_utc("2025-03-09T12:00:00Z");
  wanted.output = Output::json;
  EXPECT_EQ(parse({"trigger", "--policy", "p", "--report", "daily-sox", "--project", "prod", "--instance",
                   "8c53", "--instance", "prod-a", "--from", "2025-03-08T12:00:00Z", "--to",
                   "2025-03-09T12:00:00Z", "--output", "json"}),
            Arguments(wanted));
}

TEST(Arguments, TakeACronExpressionThatBeginsWithAStar) {
  NextArguments wanted;
  wanted.cron = "*/5 * * * *";
  EXPECT_EQ(parse({"next", "--cron", "*/5 * * * *"}), Arguments(wanted));
}

TEST(Arguments, GiveTheVersionAlsoAsAnOption) {
  EXPECT_EQ(parse({"--version"}), Arguments(VersionArguments{}));
}

TEST(Arguments, GiveHelpThatNamesEveryCommandOfThisVersionAndNoOther) {
  const auto parsed = parse({"--help"});
  ASSERT_TRUE(parsed);
  const std::string help = std::get<HelpArguments>(*parsed).text;
  std::vector<std::string> named;
  std::istringstream lines(help.substr(help.find("Subcommands:")));
  std::string word;
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("  ") && std::istringstream(line) >> word) named.push_back(word);
  EXPECT_THAT(named,
              ElementsAre("run", "check", "plan", "next", "history", "status", "trigger", "wait", "version"));
}

TEST(Arguments, GiveHelpOfOneCommand) {
  const auto parsed = parse({"next", "--help"});
  ASSERT_TRUE(parsed);
  EXPECT_THAT(std::get<HelpArguments>(*parsed).text, HasSubstr("--time-zone"));
}

/// As a shell would take it apart, as far as the examples need.
std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '\'') {
      quoted = !quoted;
    } else if (c == ' ' && !quoted) {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

TEST(Arguments, TeachByExamplesThatAreTaken) {
  for (const char* command : {"run", "check", "plan", "next", "history", "status", "trigger", "wait"}) {
    const auto parsed = parse({command, "--help"});
    ASSERT_TRUE(parsed) << command;
    const std::string help = std::get<HelpArguments>(*parsed).text;
    std::istringstream lines(help.substr(std::min(help.size(), help.find("Examples:"))));
    int examples = 0;
    for (std::string line; std::getline(lines, line);) {
      const std::size_t begin = line.find("dbssd ");
      if (begin == std::string::npos) continue;
      const std::vector<std::string> words = words_of(line.substr(begin, line.find("  ", begin) - begin));
      std::vector<const char*> argv;
      for (const std::string& word : words) argv.push_back(word.c_str());
      const auto example = parse_arguments(argv);
      EXPECT_TRUE(example) << line << ": " << example.error();
      ++examples;
    }
    EXPECT_GE(examples, 2) << command;
  }
}

TEST(Arguments, AreRefusedWithTheHelpToAskFor) {
  struct Row {
    std::vector<const char*> words;
    const char* why;
  };
  for (const auto& [words, why] : {
           Row{{}, "Which command?\nTry 'dbssd --help'."},
           Row{{"stop"}, "stop\nTry 'dbssd --help'."},
           Row{{"run", "--hepl"}, "--hepl\nTry 'dbssd run --help'."},
           Row{{"run", "extra"}, "extra\nTry 'dbssd run --help'."},
           Row{{"run", "--policy"}, "--policy"},
           Row{{"run", "check"}, "check"},
           Row{{"check", "--once"}, "--once"},
           Row{{"version", "--output", "utc"}, "utc not in {text,json}"},
           Row{{"next", "--output", "xml"}, "xml not in {text,json,utc}"},
           Row{{"next", "--output", ""}, "--output"},
           Row{{"next", "--count", "0"}, "0 not in range 1 to 1000000"},
           Row{{"next", "--count", "-1"}, "--count"},
           Row{{"next", "--count", "1000001"}, "not in range"},
           Row{{"next", "--count", "many"}, "many"},
           Row{{"next", "--from", "2025-03-08"}, "'2025-03-08' is no time of the form 2025-03-08T12:00:00Z"},
           Row{{"next", "--from", "2025-02-30T00:00:00Z"}, "is no time"},
           Row{{"history", "--from", "yesterday"}, "'yesterday' is no time of the form"},
           Row{{"history", "--to", "2025-03-08T12:00:00"}, "is no time of the form"},
           Row{{"history", "--output", "utc"}, "utc not in {text,json}"},
           Row{{"status", "--from", "2025-03-08T12:00:00Z"}, "--from\nTry 'dbssd status --help'."},
           Row{{"next", "--time-zone", "UTC"}, "--time-zone requires --cron"},
           Row{{"next", "--window", "previous_day"}, "--window requires --cron"},
           Row{{"next", "--cron", "@daily", "--cron", "@hourly"}, "--cron"},
       }) {
    EXPECT_THAT(refusal(words), HasSubstr(why));
  }
}

}  // namespace
}  // namespace dbssd::cli
