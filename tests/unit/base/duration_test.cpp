#include <gtest/gtest.h>

#include "base/time.h"

namespace dbssd {
namespace {

TEST(FormatDuration, WritesTheLargestUnitsFirstAndNoneThatIsZero) {
  constexpr std::pair<std::int64_t, const char*> kRows[] = {
      {0, "0s"},           {1, "1s"},           {59, "59s"},           {60, "1m"},
      {90, "1m30s"},       {3600, "1h"},        {5400, "1h30m"},       {86400, "1d"},
      {90061, "1d1h1m1s"}, {30 * 86400, "30d"}, {400 * 86400, "400d"}, {-90, "-1m30s"},
  };
  for (const auto& [seconds, text] : kRows) EXPECT_EQ(format_duration(Seconds(seconds)), text);
}

TEST(FormatDuration, HoldsAtTheEndsOfItsRange) {
  EXPECT_EQ(format_duration(Seconds::max()), "106751991167300d15h30m7s");
  EXPECT_EQ(format_duration(Seconds::min()).front(), '-');
}

}  // namespace
}  // namespace dbssd
