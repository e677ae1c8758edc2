#include <gmock/gmock.h>

#include "unit/schedule/words.h"

namespace dbssd::schedule {
namespace {

struct Wrong {
  const char* text;
  const char* underline;  // as a terminal would show it below the text
  const char* says;       // part of the message
};

constexpr Wrong kWrong[] = {
    {"", "", "five fields"},
    {"   ", "   ", "five fields"},
    {"* * * *", "       ", "day of week is missing"},
    {"* ", " ", "hour is missing"},
    {"* * * * * *", "          ^", "6 fields"},
    {"0 0 12 * * ? 2025", "           ^^^^^^", "no seconds, no years"},
    {"CRON_TZ=UTC 0 6 * * *", "^^^^^^^^^^^", "time zone is a key"},
    {"TZ=UTC", "^^^^^^", "time zone is a key"},

    {"60 * * * *", "^^", "minute '60' is out of range 0-59"},
    {"* 24 * * *", "  ^^", "hour '24' is out of range 0-23"},
    {"* * 0 * *", "    ^", "day of month '0' is out of range 1-31"},
    {"* * 32 * *", "    ^^", "out of range 1-31"},
    {"* * * 13 *", "      ^^", "month '13' is out of range 1-12"},
    {"* * * 0 *", "      ^", "out of range"},
    {"* * * * 8", "        ^", "day of week '8' is out of range 0-7"},
    {"99999999999999999999 * * * *", "^^^^^^^^^^^^^^^^^^^^", "out of range"},
    {"4294967296 * * * *", "^^^^^^^^^^", "out of range"},
    {"1-60 * * * *", "  ^^", "out of range"},
    {"* * 1,32W * *", "      ^^", "out of range"},

    {"*/0 * * * *", "  ^", "step of 0"},
    {"5/00 * * * *", "  ^^", "step of 0"},
    {"*/ * * * *", "  ", "step after '/'"},
    {"*/x * * * *", "  ^", "step after '/'"},
    {"*/-5 * * * *", "  ^", "step after '/'"},
    {"*/5/5 * * * *", "   ^", "unexpected '/'"},
    {"5-1 * * * *", "^^^", "'5-1' runs backwards"},
    {"0 22-4/2 * * *", "  ^^^^", "runs backwards"},
    {"* * * * FRI-MON", "        ^^^^^^^", "runs backwards"},
    {"* * * * 5-0", "        ^^^", "runs backwards"},
    {"* * * NOV-FEB *", "      ^^^^^^^", "runs backwards"},
    {"1- * * * *", "  ", "a value is missing"},
    {"1-,5 * * * *", "  ", "a value is missing"},
    {"-5 * * * *", "^", "unexpected '-'"},
    {"1--5 * * * *", "  ^", "unexpected '-'"},

    {"1,,2 * * * *", "  ^", "missing beside this comma"},
    {",1 * * * *", "^", "missing beside this comma"},
    {"1, * * * *", " ^", "missing beside this comma"},
    {", * * * *", "^", "missing beside this comma"},

    {"*5 * * * *", " ^", "unexpected '5'"},
    {"5* * * * *", " ^", "'*' must stand alone"},
    {"** * * * *", " ^", "'*' must stand alone"},
    {"*-5 * * * *", " ^", "unexpected '-'"},
    {"1-* * * * *", "  ^", "'*' must stand alone"},
    {"* * 1,? * *", "      ^", "'?' must be the whole field"},
    {"* * ?/2 * *", "    ^", "'?' must be the whole field"},
    {"1.5 * * * *", " ^", "unexpected '.'"},
    {"+5 * * * *", "^", "unexpected '+'"},
    {"\xc3\xbc * * * *", "^", "unexpected '.'"},

    {"MON * * * *", "^^^", "'MON' is no minute"},
    {"* * * MON *", "      ^^^", "'MON' is no month"},
    {"* * * * JAN", "        ^^^", "'JAN' is no day of week"},
    {"* * * * MONDAY", "        ^^^^^^", "did you mean MON?"},
    {"* * * january *", "      ^^^^^^^", "did you mean JAN?"},
    {"* * * JANL *", "      ^^^^", "did you mean JAN?"},
    {"* * * * MO", "        ^^", "'MO' is no day of week"},
    {"* * * * xMON", "        ^^^^", "'xMON' is no day of week"},
    {"* * * * MON1", "           ^", "unexpected '1'"},
    {"* * * * 1MON", "         ^^^", "unexpected 'MON'"},
    {"* * * * TUE-THURSDAY", "            ^^^^^^^^", "did you mean THU?"},

    {"L * * * *", "^", "belongs in the day of month"},
    {"* * * L *", "      ^", "belongs in the day of month"},
    {"* * * * L", "        ^", "as in 5L"},
    {"* * * * LW", "        ^^", "belongs in the day of month"},
    {"* * * * FRIL", "        ^^^^", "5L"},
    {"* * 5L * *", "     ^", "belongs in the day of week"},
    {"* * * * 5W", "         ^", "belongs in the day of month"},
    {"* * L-3 * *", "     ^", "unexpected '-'"},
    {"* * W * *", "    ^", "15W"},
    {"* * 1-15W * *", "        ^", "unexpected 'W'"},
    {"* * 15WL * *", "      ^^", "unexpected 'WL'"},
    {"* * 1#2 * *", "     ^", "'#' belongs in the day of week"},
    {"* * * * 1#", "          ", "1-5 goes after '#'"},
    {"* * * * 1#0", "          ^", "1-5 goes after '#'"},
    {"* * * * 1#6", "          ^", "1-5 goes after '#'"},
    {"* * * * 1#2-3", "           ^", "unexpected '-'"},
    {"* * * * #2", "        ^", "unexpected '#'"},
    {"* * * * 8#2", "        ^", "out of range"},

    {"H5 * * * *", " ^", "unexpected '5'"},
    {"H( * * * *", "  ", "a value is missing"},
    {"H(5) * * * *", "   ^", "H takes a range"},
    {"H(5-1) * * * *", "  ^^^", "runs backwards"},
    {"H(5-60) * * * *", "    ^^", "out of range"},
    {"H(5-6 * * * *", "     ", "')' is missing"},
    {"H(5-6)) * * * *", "      ^", "unexpected ')'"},
    {"H/0 * * * *", "  ^", "step of 0"},
    {"H/61 * * * *", "  ^^", "longer than the range 0-59"},
    {"H(0-9)/11 * * * *", "       ^^", "longer than the range 0-9"},
    {"H-5 * * * *", " ^", "unexpected '-'"},

    {"0 0 31 2 *", "    ^^^^", "never fire"},
    {"0 0 30 2 ?", "    ^^^^", "never fire"},
    {"0 0 30,31 FEB *", "    ^^^^^^^^^", "never fire"},
    {"0 0 31 2,4,6,9,11 *", "    ^^^^^^^^^^^^^", "never fire"},
    {"0 0 30W 2 *", "    ^^^^^", "never fire"},
    {"0 0 H(30-31) 2 *", "    ^^^^^^^^^^", "H may pick"},
    {"0 0 H(1-31) 2 *", "    ^^^^^^^^^", "H may pick"},
    {"0 0 31 H *", "    ^^^^", "H may pick"},

    {"@reboot", "^^^^^^^", "unknown word '@reboot'"},
    {"@", "^", "unknown word"},
    {"@daily 5", "       ^", "nothing may follow '@daily'"},
    {"0 @daily * * *", "  ^", "unexpected '@'"},
};

std::string underlined(const CronError& error) {
  return std::string(error.position, ' ') + std::string(error.length, '^');
}

TEST(CronErrors, PointAtTheCharacterAndSayWhy) {
  for (const auto& [text, underline, says] : kWrong) {
    const auto parsed = Cron::parse(text);
    ASSERT_FALSE(parsed) << "\n" << text;
    EXPECT_EQ(underlined(parsed.error()), underline) << "\n" << text << "\n" << parsed.error().message;
    EXPECT_THAT(parsed.error().message, testing::HasSubstr(says)) << text;
  }
}

TEST(CronErrors, StayWithinTheText) {
  for (const auto& [text, underline, says] : kWrong) {
    const auto parsed = Cron::parse(text);
    if (parsed) continue;
    EXPECT_LE(parsed.error().position + parsed.error().length, std::string_view(text).size()) << text;
  }
}

TEST(CronErrors, QuoteOnlyAShortPrintablePieceOfTheText) {
  const auto parsed = Cron::parse("@" + std::string(100'000, '\x1b'));
  ASSERT_FALSE(parsed);
  EXPECT_LT(parsed.error().message.size(), 200U);
  EXPECT_EQ(parsed.error().message.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace dbssd::schedule
