#include "cli/printing.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "cli/paint.h"

namespace dbssd::cli {
namespace {

TEST(OneLine, KeepsTextAndTakesWhatMovesACursor) {
  EXPECT_EQ(one_line("prod-orders-01 北京"), "prod-orders-01 北京");
  EXPECT_EQ(one_line("a\nb\tc\x1b[2Jd\x7f"), "a?b?c?[2Jd?");
}

TEST(PrintJson, KeepsTheOrderAndEndsTheLine) {
  EXPECT_EQ(print_json({{"b", 1}, {"a", "ü"}}), "{\n  \"b\": 1,\n  \"a\": \"ü\"\n}\n");
}

TEST(PrintJson, ReplacesBytesThatAreNoText) {
  EXPECT_EQ(print_json({{"name", "x\xff"}}), "{\n  \"name\": \"x\xef\xbf\xbd\"\n}\n");
}

TEST(Printing, RoundsALongTimeToItsTwoLargestUnits) {
  using namespace std::chrono_literals;
  EXPECT_EQ(rough_duration(45s), "45s");
  EXPECT_EQ(rough_duration(62s), "1m2s");
  EXPECT_EQ(rough_duration(2h + 10min + 59s), "2h10m");
  EXPECT_EQ(rough_duration(std::chrono::days{3} + 4h + 50min), "3d4h");
  EXPECT_EQ(rough_duration(-5s), "0s");
}

TEST(Printing, LeavesOutTheDayWhereItIsToday) {
  const Instant now = *parse_utc("2025-03-09T07:00:00Z");
  EXPECT_EQ(short_utc(now, now), "07:00Z");
  EXPECT_EQ(short_utc(now + Seconds{5}, now), "07:00:05Z");
  EXPECT_EQ(short_utc(now - Seconds{86400}, now), "2025-03-08 07:00Z");
}

TEST(Paint, LeavesTheTextAloneWhereNobodyWantsColour) {
  EXPECT_EQ(Paint()(Tone::error, "text"), "text");
  EXPECT_EQ(Paint::always()(Tone::error, "text"), "\x1b[31mtext\x1b[0m");
  EXPECT_EQ(Paint::always()(Tone::error, ""), "");
}

class Terminal : public ::testing::Test {
 protected:
  Terminal() : descriptor_(posix_openpt(O_RDWR | O_NOCTTY)) {
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
  }
  ~Terminal() override { close(descriptor_); }
  void SetUp() override {
    if (descriptor_ < 0) GTEST_SKIP() << "this host has no pseudo terminals";
  }
  [[nodiscard]] bool is_coloured() const { return Paint::for_terminal(descriptor_)(Tone::well, "x") != "x"; }
  int descriptor_;
};

TEST_F(Terminal, IsColouredUnlessSomebodyObjects) {
  EXPECT_TRUE(is_coloured());
  setenv("NO_COLOR", "1", 1);
  EXPECT_FALSE(is_coloured());
  unsetenv("NO_COLOR");
  setenv("TERM", "dumb", 1);
  EXPECT_FALSE(is_coloured());
}

TEST(Paint, OfAFileIsNone) {
  setenv("TERM", "xterm", 1);
  const int file = open("/dev/null", O_WRONLY);
  EXPECT_EQ(Paint::for_terminal(file)(Tone::well, "x"), "x");
  close(file);
}

}  // namespace
}  // namespace dbssd::cli
