#include "unit/schedule/words.h"

namespace dbssd::schedule {
namespace {

struct Canonical {
  const char* text;
  const char* canonical;
};

// Every form of the dialect beside the plainest that means the same.
constexpr Canonical kCanonical[] = {
    {"* * * * *", "* * * * *"},
    {"0 6 * * *", "0 6 * * *"},
    {" \t0  6 \t* * *\n", "0 6 * * *"},
    {"0 6 * * *\r\n", "0 6 * * *"},
    {"05 006 * * *", "5 6 * * *"},
    {"? ? ? ? ?", "* * * * *"},
    {"*/1 */1 * */1 *", "* * * * *"},
    {"*/1 0 */1 * */1", "* 0 1-31 * 0-6"},
    {"0-59 0-23 * 1-12 *", "0-59 0-23 * * *"},
    {"0,15,30,45 * * * *", "0-45/15 * * * *"},
    {"*/15 * * * *", "*/15 * * * *"},
    {"*/15,7 */6,5 * * *", "*/15,7 */6,5 * * *"},
    {"7,*/15 * * * *", "0,7,15,30,45 * * * *"},
    {"*,5 0 * * *", "* 0 * * *"},
    {"*/90 */24 * * *", "*/60 */24 * * *"},
    {"5-10,7-20/3,3 0 * * *", "3,5-10,13,16,19 0 * * *"},
    {"20/10 20/2 25/3 10/1 *", "20-50/10 20,22 25-31/3 10-12 *"},
    {"1-1 2-2/9 * * *", "1 2 * * *"},
    {"0 0 1 jan-Mar *", "0 0 1 1-3 *"},
    {"0 0 * dec,JAN SUN", "0 0 * 1,12 0"},
    {"0 0 * * 7", "0 0 * * 0"},
    {"0 0 * * 0-7", "0 0 * * 0-6"},
    {"0 0 * * 5-7", "0 0 * * 0,5,6"},
    {"0 0 * * FRI-SUN", "0 0 * * 0,5,6"},
    {"0 0 * * fri-7", "0 0 * * 0,5,6"},
    {"0 0 * * SUN-SUN", "0 0 * * 0"},
    {"0 0 * * SUN-TUE", "0 0 * * 0-2"},
    {"0 0 * * 1-7/2", "0 0 * * 0,1,3,5"},
    {"0 0 * * 1/2", "0 0 * * 0,1,3,5"},
    {"0 0 * * 5/1", "0 0 * * 0,5,6"},
    {"0 0 * * */2", "0 0 * * 0-6/2"},
    {"0 0 * * MON/2", "0 0 * * 0,1,3,5"},
    {"0 0 L * *", "0 0 L * *"},
    {"0 0 l,lw,1w * *", "0 0 L,LW,1W * *"},
    {"0 0 15W,1,LW,31W * *", "0 0 1,LW,15W,31W * *"},
    {"0 0 * * 5L,7l", "0 0 * * 0L,5L"},
    {"0 0 * * MON#2,7#5,1#1", "0 0 * * 1#1,1#2,0#5"},
    {"0 0 31 2 0", "0 0 31 2 0"},
    {"0 0 29 2 ?", "0 0 29 2 *"},
    {"0 0 29W 2 *", "0 0 29W 2 *"},
    {"0 0 31 2,3 *", "0 0 31 2,3 *"},
    {"0 0 31 1,2 *", "0 0 31 1,2 *"},
    {"0 0 31,L 2 *", "0 0 31,L 2 *"},
    {"0 0 * 2 1#5", "0 0 * 2 1#5"},
    {"H H * * *", "H(0-59) H(0-23) * * *"},
    {"h H(2-5) H H H", "H(0-59) H(2-5) H(1-28) H(1-12) H(0-6)"},
    {"H(3-9)/1 0 * * *", "H(3-9)/1 0 * * *"},
    {"H/15 H(8-18)/2 * * H(MON-FRI)", "H(0-59)/15 H(8-18)/2 * * H(1-5)"},
    {"H(0-29),H(30-59),7 0 * * *", "7,H(0-29),H(30-59) 0 * * *"},
    {"*/20,H * * * *", "*/20,H(0-59) * * * *"},
    {"0 0 H(29-31),1 2 *", "0 0 1,H(29-31) 2 *"},
    {"0 0 31 3,H *", "0 0 31 3,H(1-12) *"},
    {"@yearly", "0 0 1 1 *"},
    {"@annually", "0 0 1 1 *"},
    {"@monthly", "0 0 1 * *"},
    {"@weekly", "0 0 * * 0"},
    {"@daily", "0 0 * * *"},
    {"@midnight", "0 0 * * *"},
    {" @Hourly ", "0 * * * *"},
};

TEST(Cron, PrintsTheCanonicalText) {
  for (const auto& [text, canonical] : kCanonical) EXPECT_EQ(cron(text).text(), canonical) << text;
}

TEST(Cron, ReadsBackWhatItPrinted) {
  for (const auto& [text, canonical] : kCanonical) {
    EXPECT_EQ(cron(text), cron(canonical)) << text;
    EXPECT_EQ(cron(cron(text).text()), cron(text)) << text;
  }
}

TEST(Cron, DiffersWhereTheMeaningDoes) {
  EXPECT_NE(cron("0 0 * * 1"), cron("0 0 */1 * 1"));  // any Monday; any day or Monday
  EXPECT_NE(cron("*/15 * * * *"), cron("0-45/15 * * * *"));
  EXPECT_NE(cron("*/15 0 * * *"), cron("0-45/15 0 * * *"));  // wildcard; fixed
  EXPECT_NE(cron("H * * * *"), cron("H(0-29) * * * *"));
}

TEST(Cron, IsFixedWhereNeitherMinuteNorHourBeginsWithAStar) {
  struct Row {
    const char* text;
    bool fixed;
  };
  constexpr Row kRows[] = {
      {"30 2 * * *", true},    {"0-59 0-23 * * *", true},
      {"H H * * *", true},     {"5,*/10 3,*/2 * * *", true},
      {"0 0 */2 * 1", true},   {"* 2 * * *", false},
      {"0 * * * *", false},    {"*/59 2 * * *", false},
      {"0 */2 * * *", false},  {"*/5,7 2 * * *", false},
      {"H/15 * * * *", false}, {"? 0 * * *", false},
      {"@daily", true},        {"@hourly", false},
  };
  for (const Row& row : kRows) EXPECT_EQ(cron(row.text).is_fixed(), row.fixed) << row.text;
}

}  // namespace
}  // namespace dbssd::schedule
