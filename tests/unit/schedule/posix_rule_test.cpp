#include "schedule/posix_rule.h"

#include "unit/schedule/words.h"

namespace dbssd::schedule {
namespace {

using std::chrono::year;

struct Dated {
  const char* rule;
  int in;
  const char* begin;
  const char* end;
};

TEST(PosixRule, DatesItsChanges) {
  constexpr Dated kDated[] = {
      {"EST5EDT,M3.2.0,M11.1.0", 2025, "2025-03-09T07:00:00Z", "2025-11-02T06:00:00Z"},
      {"EST5EDT4,M3.2.0/2,M11.1.0/02:00:00", 2199, "2199-03-10T07:00:00Z", "2199-11-03T06:00:00Z"},
      {"CET-1CEST,M3.5.0,M10.5.0/3", 2040, "2040-03-25T01:00:00Z", "2040-10-28T01:00:00Z"},
      {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 2025, "2025-10-04T15:30:00Z", "2025-04-05T15:00:00Z"},
      {"IST-1GMT0,M10.5.0,M3.5.0/1", 2025, "2025-10-26T01:00:00Z", "2025-03-30T01:00:00Z"},
      {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2025, "2025-03-30T01:00:00Z", "2025-10-26T01:00:00Z"},
      {"IST-2IDT,M3.4.4/26,M10.5.0", 2025, "2025-03-28T00:00:00Z", "2025-10-25T23:00:00Z"},
      {"<-04>4<-03>,M9.1.6/24,M4.1.6/24", 2025, "2025-09-07T04:00:00Z", "2025-04-06T03:00:00Z"},
      {"XXX0YYY,J60,J365/0", 2024, "2024-03-01T02:00:00Z", "2024-12-30T23:00:00Z"},
      {"XXX0YYY,J60,J365/0", 2025, "2025-03-01T02:00:00Z", "2025-12-30T23:00:00Z"},
      {"XXX0YYY,J59,0/0", 2024, "2024-02-28T02:00:00Z", "2023-12-31T23:00:00Z"},
      {"XXX0YYY,59,365", 2024, "2024-02-29T02:00:00Z", "2024-12-31T01:00:00Z"},
      {"XXX0YYY,59,364", 2025, "2025-03-01T02:00:00Z", "2025-12-31T01:00:00Z"},
      {"XXX+1:30:15YYY-0:15,M1.1.3/+1:02:03,M12.5.6/-167", 2025, "2025-01-01T02:32:18Z",
       "2025-12-20T00:45:00Z"},
  };
  for (const Dated& d : kDated) {
    const auto rule = parse_posix_rule(d.rule);
    ASSERT_TRUE(rule) << d.rule;
    EXPECT_EQ(format_utc(rule->dst_begin(year{d.in})), d.begin) << d.rule;
    EXPECT_EQ(format_utc(rule->dst_end(year{d.in})), d.end) << d.rule;
  }
}

TEST(PosixRule, KnowsZonesThatNeverChange) {
  EXPECT_EQ(parse_posix_rule("CST-8")->standard, Seconds{8 * 3600});
  EXPECT_EQ(parse_posix_rule("<+0545>-5:45")->standard, Seconds{5 * 3600 + 45 * 60});
  EXPECT_EQ(parse_posix_rule("<-0330>3:30")->standard, Seconds{-(3 * 3600 + 30 * 60)});
  EXPECT_FALSE(parse_posix_rule("UTC0")->has_dst());
}

TEST(PosixRule, RefusesWhatIsNone) {
  for (const char* text : {"",
                           "C",
                           "CET",
                           "CE-1",
                           "<+01-1",
                           "<>",
                           "CET-1 ",
                           "CET-25",
                           "CET-1:60",
                           "CET-1:",
                           "CET--1",
                           "CET-1CEST",
                           "CET-1CEST,",
                           "CET-1CEST,M3.5.0",
                           "CET-1CEST,M3.5.0,",
                           "CET-1CEST,M0.5.0,M10.5.0",
                           "CET-1CEST,M13.5.0,M10.5.0",
                           "CET-1CEST,M3.0.0,M10.5.0",
                           "CET-1CEST,M3.6.0,M10.5.0",
                           "CET-1CEST,M3.5.7,M10.5.0",
                           "CET-1CEST,M3.5,M10.5.0",
                           "CET-1CEST,J0,J365",
                           "CET-1CEST,J366,J1",
                           "CET-1CEST,366,1",
                           "CET-1CEST,M3.5.0/168,M10.5.0",
                           "CET-1CEST,M3.5.0/,M10.5.0",
                           "CET-1CEST,M3.5.0,M10.5.0x",
                           "CET-99999999999999999999"}) {
    EXPECT_FALSE(parse_posix_rule(text)) << text;
  }
}

}  // namespace
}  // namespace dbssd::schedule
