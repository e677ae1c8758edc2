#include "unit/schedule/words.h"

namespace dbssd::schedule {
namespace {

TEST(Cron, DescribesItselfInWords) {
  struct Row {
    const char* text;
    const char* words;
  };
  constexpr Row kRows[] = {
      {"* * * * *", "every minute"},
      {"*/15 * * * *", "every 15 minutes"},
      {"*/7 * * * *", "at minutes 0 to 56 in steps of 7 of every hour"},
      {"0 * * * *", "at minute 0 of every hour"},
      {"5,35 * * * *", "at minutes 5 and 35 of every hour"},
      {"0 6 * * 1", "at 06:00 on Monday"},
      {"0 6 * * *", "at 06:00 every day"},
      {"0,30 6,18 * * *", "at 06:00, 06:30, 18:00 and 18:30 every day"},
      {"0 6 * * 1-5", "at 06:00 on Monday to Friday"},
      {"0 6 * * 0,6", "at 06:00 on Sunday and Saturday"},
      {"*/10 9-17 * * *", "every 10 minutes in hours 9 to 17 every day"},
      {"* 9 * * *", "every minute in hour 9 every day"},
      {"15 */2 * * *", "at minute 15 of hours 0 to 22 in steps of 2 every day"},
      {"0 0 1 * *", "at 00:00 on day 1 of the month"},
      {"0 0 1,15,L * *", "at 00:00 on days 1 and 15 and the last day of the month"},
      {"0 0 LW,15W * *",
       "at 00:00 on the last working day and the working day nearest to day 15 of the month"},
      {"0 0 * * 2#3,5L", "at 00:00 on the third Tuesday and the last Friday of the month"},
      {"0 0 * * 1,5L", "at 00:00 on Monday and on the last Friday of the month"},
      {"0 0 13 * 5", "at 00:00 on day 13 of the month or on Friday"},
      {"0 0 1 1,6-8 *", "at 00:00 on day 1 of the month in January and June to August"},
      {"H 6 * * *", "at a minute that H picks from 0 to 59 of hour 6 every day"},
      {"H/15 * * * *", "at every 15 minutes up to 59 from a start that H picks from 0 to 14 of every hour"},
      {"0 H(0-5) H * *",
       "at minute 0 of an hour that H picks from 0 to 5 on a day that H picks from 1 to 28 of the month"},
      {"0 0 * H H(1-5)",
       "at 00:00 on a day that H picks from Monday to Friday in a month that H picks from January to "
       "December"},
  };
  for (const Row& row : kRows) EXPECT_EQ(cron(row.text).describe(), row.words) << row.text;
}

}  // namespace
}  // namespace dbssd::schedule
