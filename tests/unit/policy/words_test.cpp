#include <gtest/gtest.h>

#include <climits>

#include "policy/words.h"

namespace dbssd::policy {
namespace {

TEST(Duration, IsWholeNumbersWithUnitsTheLargestFirst) {
  constexpr std::pair<std::string_view, int> kRows[] = {
      {"0s", 0},
      {"90s", 90},
      {"15m", 900},
      {"6h", 21600},
      {"30d", 2592000},
      {"1h30m", 5400},
      {"1d1h1m1s", 90061},
      {"1d1s", 86401},
      {"007s", 7},
      {"25h", 90000},
      {"999999999s", 999999999},
  };
  for (const auto& [text, seconds] : kRows) EXPECT_EQ(parse_duration(text), Seconds(seconds)) << text;
  EXPECT_EQ(parse_duration("999999999d"), Seconds(999999999LL * 86400));
}

TEST(Duration, IsNothingElse) {
  for (const std::string_view text : {"",
                                      "s",
                                      "1",
                                      "1x",
                                      "1S",
                                      "1w",
                                      "1 h",
                                      " 1h",
                                      "1h ",
                                      "-1h",
                                      "+1h",
                                      "1.5h",
                                      "30m1h",
                                      "1h1h",
                                      "1hm",
                                      "h1",
                                      "1h30",
                                      "1_000s",
                                      "1e3s",
                                      "0x1s",
                                      "1ms",
                                      "1000000000s",
                                      "99999999999999999999s",
                                      "1h\n"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Duration, ReadsWhatFormatDurationWrites) {
  for (const long seconds : {0L, 1L, 59L, 60L, 61L, 3599L, 86399L, 90061L, 400L * 86400}) {
    EXPECT_EQ(parse_duration(format_duration(Seconds(seconds))), Seconds(seconds)) << seconds;
  }
}

TEST(Integer, IsPlainDecimalDigits) {
  EXPECT_EQ(parse_integer("0"), 0);
  EXPECT_EQ(parse_integer("10"), 10);
  EXPECT_EQ(parse_integer("-3"), -3);
  EXPECT_EQ(parse_integer("99999999999999999999"), INT_MAX);
  EXPECT_EQ(parse_integer("-99999999999999999999"), INT_MIN);
  for (const std::string_view text : {"", "-", "010", "-0", "-01", "00", "+1", "0x10", "0o7", "1.0", "1e3",
                                      "1_000", " 1", "1 ", "1,000", "yes", "ten", "NaN", "--1"}) {
    EXPECT_EQ(parse_integer(text), std::nullopt) << text;
  }
}

struct FormRow {
  Form form;
  std::vector<std::string> well;
  std::vector<std::string> flawed;
};

TEST(Form, TellsWhatIsWellFromWhatIsNot) {
  const std::vector<FormRow> rows = {
      {any_text,
       {"a", " a b ", "é", std::string(256, 'x')},
       {"", std::string(257, 'x'), "a\nb", "a\x7f", "\x1b[0m"}},
      {rule_name,
       {"a", "7", "daily-sox", "a.b_c", std::string(64, 'x')},
       {"", "-a", ".a", "a b", "a/b", "é", "a\n", "..", std::string(65, 'x')}},
      {region_name,
       {"ap-southeast-3", "x"},
       {"", "AP", "a.b", "a_b", "-a", "a-", "a/b", std::string(64, 'a')}},
      {cloud_id,
       {"t8g7LJgBTpKZyZbbeTgS", "-", "a_b-c"},
       {"", "a/b", "a.b", "..", "a b", std::string(65, 'a')}},
      {project_id,
       {std::string(32, 'a'), std::string(64, '0')},
       {std::string(31, 'a'), std::string(65, 'a'), ""}},
      {absolute_path, {"/", "/a b/c"}, {"", "a", "./a", "~/a", "/a\nb", "/" + std::string(4000, 'a')}},
      {glob, {"*", "a[b]"}, {"", "[", "\\", "a\tb"}},
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const std::string& text : rows[i].well)
      EXPECT_EQ(rows[i].form(text), std::nullopt) << i << ' ' << text;
    for (const std::string& text : rows[i].flawed)
      EXPECT_NE(rows[i].form(text), std::nullopt) << i << ' ' << text;
  }
}

TEST(Endpoint, IsHttpsWithHostAndPerhapsPort) {
  for (const std::string_view text :
       {"https://a", "https://dbss.cn-north-1.myhuaweicloud.com", "https://a:1", "https://a:65535",
        "https://a/", "http://localhost", "http://localhost:8080/", "http://127.0.0.1:18765",
        "http://127.9.9.9"}) {
    EXPECT_EQ(endpoint(text), std::nullopt) << text;
  }
}

TEST(Endpoint, IsRefusedForEverythingElseWithAReason) {
  constexpr std::pair<std::string_view, std::string_view> kRows[] = {
      {"", "must start with https://"},
      {"a.example", "must start with https://"},
      {"ftp://a", "must start with https://"},
      {"HTTPS://a", "must start with https://"},
      {"http://a.example", "must start with https://: plain http goes only to loopback"},
      {"http://127.0.0.1.example", "must start with https://: plain http goes only to loopback"},
      {"http://127.1", "must start with https://: plain http goes only to loopback"},
      {"http://127.0.0.1@evil.example", "must not hold a user or password: they belong into `auth`"},
      {"https://u:p@a", "must not hold a user or password: they belong into `auth`"},
      {"https://a/v1", "must end after the host or port: no path, no query"},
      {"https://a//", "must end after the host or port: no path, no query"},
      {"https://a?x=1", "must end after the host or port: no path, no query"},
      {"https://a#x", "must end after the host or port: no path, no query"},
      {"https://", "must name a host, as in https://dbss.ap-southeast-3.myhuaweicloud.com"},
      {"https://a b", "must name a host, as in https://dbss.ap-southeast-3.myhuaweicloud.com"},
      {"https://:443", "must name a host, as in https://dbss.ap-southeast-3.myhuaweicloud.com"},
      {"https://a:", "must have a port between 1 and 65535"},
      {"https://a:0", "must have a port between 1 and 65535"},
      {"https://a:65536", "must have a port between 1 and 65535"},
      {"https://a:080", "must have a port between 1 and 65535"},
      {"https://a:1:2", "must have a port between 1 and 65535"},
      {"https://[::1]:443", "must name the host, not an IPv6 address"},
  };
  for (const auto& [text, reason] : kRows) EXPECT_EQ(endpoint(text), reason) << text;
}

TEST(Regions, AreThoseThatTheServiceIsKnownIn) {
  EXPECT_EQ(known_regions().size(), 31U);
  for (const std::string_view region : known_regions())
    EXPECT_EQ(region_name(region), std::nullopt) << region;
}

TEST(InQuotes, ShowsNoControlCharactersAndNoEndlessText) {
  EXPECT_EQ(in_quotes("a"), "'a'");
  EXPECT_EQ(in_quotes("a\nb\x1b"), "'a?b?'");
  EXPECT_EQ(in_quotes(std::string(60, 'a')), "'" + std::string(60, 'a') + "'");
  EXPECT_EQ(in_quotes(std::string(61, 'a')), "'" + std::string(60, 'a') + "…'");
  EXPECT_EQ(in_quotes(std::string(59, 'a') + "éé"), "'" + std::string(59, 'a') + "…'")
      << "cuts no character in two";
}

TEST(Suggestion, IsTheNearestWordThatIsNear) {
  constexpr std::string_view kWords[] = {"schedule", "select", "spread", "name", "id"};
  constexpr std::pair<std::string_view, std::string_view> kRows[] = {
      {"schedul", ", did you mean 'schedule'?"},
      {"shcedule", ", did you mean 'schedule'?"},
      {"Select", ", did you mean 'select'?"},
      {"nmae", ", did you mean 'name'?"},
      {"names", ", did you mean 'name'?"},
      {"colour", ""},
      {"x", ""},
      {"", ""},
  };
  for (const auto& [text, suggestion] : kRows) EXPECT_EQ(did_you_mean(text, kWords), suggestion) << text;
  EXPECT_EQ(did_you_mean(std::string(100'000, 's'), kWords), "");
}

}  // namespace
}  // namespace dbssd::policy
