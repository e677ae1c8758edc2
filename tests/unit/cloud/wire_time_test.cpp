#include "cloud/wire_time.h"

#include <gtest/gtest.h>

namespace dbssd::cloud {
namespace {

struct Row {
  const char* zone;
  const char* utc;
  const char* wire;
};

class WireTimes : public testing::TestWithParam<Row> {};

TEST_P(WireTimes, IsWrittenAndReadBack) {
  schedule::ZoneDatabase zones;
  const auto zone = zones.find(GetParam().zone);
  ASSERT_TRUE(zone);
  const Instant instant = *parse_utc(GetParam().utc);
  EXPECT_EQ(wire_words(instant, *zone), GetParam().wire);
  EXPECT_EQ(read_wire_time(GetParam().wire, *zone), (WireTime{GetParam().wire, instant}));
}

INSTANTIATE_TEST_SUITE_P(
    Zones, WireTimes,
    testing::Values(Row{"UTC", "2025-08-20T16:00:00Z", "2025-08-20 16:00:00"},
                    Row{"Asia/Shanghai", "2025-08-20T16:00:00Z", "2025-08-21 00:00:00"},
                    Row{"America/New_York", "2025-03-09T07:00:00Z", "2025-03-09 03:00:00"},
                    Row{"America/New_York", "2025-11-02T05:30:00Z", "2025-11-02 01:30:00"},
                    Row{"Asia/Kathmandu", "2024-12-31T18:15:00Z", "2025-01-01 00:00:00"}));

TEST(WireTimeOfASecondPass, IsReadAsTheFirst) {
  schedule::ZoneDatabase zones;
  const auto zone = *zones.find("America/New_York");
  EXPECT_EQ(wire_words(*parse_utc("2025-11-02T06:30:00Z"), zone), "2025-11-02 01:30:00");
  EXPECT_EQ(read_wire_time("2025-11-02 01:30:00", zone)->at, parse_utc("2025-11-02T05:30:00Z"));
}

TEST(WireTimeInAGap, IsTheGapsEnd) {
  schedule::ZoneDatabase zones;
  EXPECT_EQ(read_wire_time("2025-03-09 02:30:00", *zones.find("America/New_York"))->at,
            parse_utc("2025-03-09T07:00:00Z"));
}

TEST(WireTimeThatSaysNoZone, HasTheWordsOfACallInWhateverFormItIsListed) {
  schedule::ZoneDatabase zones;
  const WireTime expected{"2025-08-20 16:00:00", *parse_utc("2025-08-20T08:00:00Z")};
  for (const char* text : {"2025-08-20 16:00:00", "2025-08-20T16:00:00", "2025-08-20 16:00:00.0",
                           "2025-08-20T16:00:00.123456", "2025/08/20 16:00:00", "2025-08-20 16:00:00 "})
    EXPECT_EQ(read_wire_time(text, *zones.find("Asia/Shanghai")), expected) << text;
}

TEST(WireTimeThatSaysItsZone, IsThatInstantInWhateverZoneTheProjectIs) {
  schedule::ZoneDatabase zones;
  const WireTime expected{"", *parse_utc("2025-08-20T16:00:00Z")};
  for (const char* text :
       {"2025-08-20T16:00:00Z", "2025-08-20T16:00:00.000Z", "2025-08-20 16:00:00 UTC",
        "2025-08-21T00:00:00+08:00", "2025-08-21 00:00:00 +0800", "2025-08-21 00:00:00 GMT+08:00",
        "2025-08-20T13:00:00-03", "1755705600000", "1755705600"})
    EXPECT_EQ(read_wire_time(text, *zones.find("Asia/Shanghai")), expected) << text;
}

TEST(WireTimeOfAnotherForm, IsNothing) {
  for (const char* text :
       {"", "2025-08-20", "2025-08-20 16:00", "2025-02-29 00:00:00", "2025-08-20 24:00:00",
        "    -08-20 16:00:00", "2025-08-20 16:00:00 PM", "2025-08-20 16:00:00+8", "2025-08-20 16:00:00+08:0x",
        "2025-08-20 16:00:00.Z", "2025-08-20x16:00:00", "2025/08-20 16:00:00", "175570560000",
        "99999999999999", "2025-08-20 16:00:00.5.5"}) {
    EXPECT_FALSE(read_wire_time(text, schedule::Zone::utc())) << text;
  }
}

TEST(EpochMillis, OutOfRangeIsNothing) {
  EXPECT_EQ(read_epoch_millis(1), WallTime{Millis{1}});
  EXPECT_EQ(read_epoch_millis(253402300799999), WallTime{Millis{253402300799999}});
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{253402300800000}, INT64_MAX, INT64_MIN})
    EXPECT_FALSE(read_epoch_millis(value)) << value;
  EXPECT_FALSE(read_epoch_millis(std::nullopt));
}

TEST(IamTime, AnyFractionIsDropped) {
  EXPECT_EQ(read_iam_time("2020-01-04T09:05:22.701000Z"), parse_utc("2020-01-04T09:05:22Z"));
  EXPECT_EQ(read_iam_time("2020-01-04T09:05:22Z"), parse_utc("2020-01-04T09:05:22Z"));
  for (const char* text : {"", "2020-01-04T09:05:22", "2020-01-04T09:05:22.7x1Z", "2020-01-04 09:05:22Z",
                           "2020-01-04T09:05:22+00Z", "2020-13-04T09:05:22Z"}) {
    EXPECT_FALSE(read_iam_time(text)) << text;
  }
}

}  // namespace
}  // namespace dbssd::cloud
