#include <gtest/gtest.h>

#include "unit/policy/reading.h"

namespace dbssd::policy {
namespace {

/// What is said of a text where the policy takes a number or a duration.
std::string said_of(std::string_view key, std::string_view text) {
  const auto found = lines_of(kBase + "instances: {start: [{name: s, " + std::string(key) + ": " +
                              std::string(text) + "}]}\n");
  if (found.empty()) return "";
  EXPECT_EQ(found.size(), 1U) << text;
  const std::string path = "instances.start[0]." + std::string(key) + ": ";
  return found[0].substr(found[0].find(path) + path.size());
}

TEST(Number, IsPlainDecimalDigitsAndNothingThatYamlWouldMakeOfThem) {
  constexpr std::string_view kNoNumber = "must be a whole number in plain decimal digits";
  constexpr std::pair<std::string_view, std::string_view> kRows[] = {
      {"20", ""},
      {"010", kNoNumber},
      {"0x10", kNoNumber},
      {"0o20", kNoNumber},
      {"1_000", kNoNumber},
      {"20.0", kNoNumber},
      {"2e1", kNoNumber},
      {"+20", kNoNumber},
      {"yes", kNoNumber},
      {"true", kNoNumber},
      {".inf", kNoNumber},
      {"1:30", kNoNumber},
      {"'20'", "must be a number without quotes"},
      {"\"20\"", "must be a number without quotes"},
      {"0", "must be between 1 and 100000"},
      {"-5", "must be between 1 and 100000"},
      {"99999999999999999999", "must be between 1 and 100000"},
      {"", "is empty: give a whole number, or leave it out"},
      {"~", "is empty: give a whole number, or leave it out"},
      {"null", "is empty: give a whole number, or leave it out"},
      {"[20]", "must be a whole number, not a list"},
      {"{a: 20}", "must be a whole number, not a map"},
  };
  for (const auto& [text, said] : kRows) EXPECT_EQ(said_of("max_per_cycle", text), said) << text;
}

TEST(DurationValue, NeedsAUnit) {
  constexpr std::string_view kNone = "must be a duration such as 90s, 15m, 6h, 30d or 1h30m";
  constexpr std::pair<std::string_view, std::string_view> kRows[] = {
      {"15m", ""},
      {"'15m'", ""},
      {"1h30m", ""},
      {"30", "needs a unit: 30s, or m, h, d"},
      {"'30'", "needs a unit: 30s, or m, h, d"},
      {"15min", kNone},
      {"15 m", kNone},
      {"1.5h", kNone},
      {"PT15M", kNone},
      {"1:30", kNone},
      {"-15m", kNone},
      {"25h", "must be between 1s and 1d"},
      {"999999999d", "must be between 1s and 1d"},
      {"~", "is empty: give a duration such as 90s, 15m, 6h or 30d, or leave it out"},
      {"[15m]", "must be a duration such as 90s, 15m, 6h or 30d, not a list"},
  };
  for (const auto& [text, said] : kRows) EXPECT_EQ(said_of("confirm_within", text), said) << text;
}

TEST(Text, IsTakenAsItIsWritten) {
  const auto user = [](std::string_view text) {
    const Policy policy = clean(
        "version: 1\nprojects: [{name: p, region: cn-north-1, auth: {method: password, domain: d, "
        "password: {env: P}, user: " +
        std::string(text) + "}}]\n");
    return std::get<PasswordAuth>(policy.projects.at(0).auth).user;
  };
  constexpr std::pair<std::string_view, std::string_view> kRows[] = {
      {"ops", "ops"},   {"on", "on"},        {"no", "no"},
      {"true", "true"}, {"1.0", "1.0"},      {"010", "010"},
      {"0x1F", "0x1F"}, {"1e3", "1e3"},      {"2025-01-01", "2025-01-01"},
      {"'a b'", "a b"}, {"'it''s'", "it's"}, {"\"\\u00e9\"", "é"},
      {"é", "é"},       {"'null'", "null"},  {"a b", "a b"},
      {"\"~\"", "~"},
  };
  for (const auto& [text, read_as] : kRows) EXPECT_EQ(user(text), read_as) << text;
}

TEST(Text, HoldsNoControlCharactersHoweverTheyAreWritten) {
  for (const std::string_view text : {"\"a\\nb\"", "\"\\e[31m\"", "\"\\0\"", "\"a\\tb\"", "\"\\x7f\""}) {
    EXPECT_THAT(
        lines_of("version: 1\nprojects: [{name: p, region: cn-north-1, auth: {method: password, domain: " +
                 std::string(text) + ", user: u, password: {env: P}}}]\n"),
        testing::ElementsAre("2:75: error: projects[0].auth.domain: must not hold control characters or line "
                             "breaks"))
        << text;
  }
}

TEST(Value, ThatIsEmptyIsNoDefault) {
  for (const std::string_view key : {"instances", "creation_jobs", "summary", "state", "log", "status"}) {
    EXPECT_THAT(lines_of(kBase + std::string(key) + ":\n"),
                testing::ElementsAre("3:1: error: " + std::string(key) +
                                     ": is empty: give a map of keys, or leave it out"));
  }
  EXPECT_THAT(lines_of(kBase + "reports:\n"),
              testing::ElementsAre("3:1: error: reports: is empty: give a list, or leave it out"));
}

}  // namespace
}  // namespace dbssd::policy
