#include "planner/time_zone_suspect.h"

#include <gtest/gtest.h>

#include "fakes/world.h"

namespace dbssd::planner {
namespace {

using fakes::World;
using std::chrono::hours;
using std::chrono::minutes;
using telemetry::EventId;

constexpr Instant kAsked{Seconds{1'748'844'000}};  // 2025-06-02T06:00:00Z

struct Finish {
  const char* what;
  Seconds seen;      ///< after it was asked for
  Seconds finished;  ///< likewise, as read in api_time_zone
  Seconds wire_offset;
  std::optional<Seconds> fits;
};

TEST(TimeZoneSuspect, AnOffsetFitsOrNoneIsNamed) {
  const Finish kRows[] = {
      {"as it is", minutes{2}, minutes{1}, {}, {}},
      {"eight hours ahead", minutes{2}, hours{8} + minutes{1}, {}, hours{8}},
      {"eight hours behind", minutes{2}, minutes{1} - hours{8}, hours{8}, Seconds{0}},
      {"five behind UTC", minutes{2}, minutes{1} - hours{5}, {}, -hours{5}},
      {"Kathmandu", minutes{2}, hours{5} + minutes{46}, {}, hours{5} + minutes{45}},
      {"read in Berlin, written in Shanghai", minutes{2}, hours{6} + minutes{1}, hours{2}, hours{8}},
      {"it took long", hours{9}, hours{8} + minutes{30}, {}, {}},
      {"it took so long that several would do", hours{2}, hours{8} + minutes{30}, {}, {}},
      {"the clocks differ a little", minutes{2}, minutes{-1}, {}, {}},
      {"no zone is so", minutes{2}, hours{30}, {}, {}},
      {"no quarter of an hour", minutes{2}, hours{8} + minutes{8}, {}, {}},
  };
  for (const Finish& row : kRows)
    EXPECT_EQ(offset_that_fits({kAsked, kAsked + row.seen, kAsked + row.finished, row.wire_offset}), row.fits)
        << row.what;
}

TEST(TimeZoneSuspect, WhatIsOverIsNotFinishedLaterThanNow) {
  EXPECT_EQ(least_offset_that_fits(kAsked, {}, kAsked), std::nullopt);
  EXPECT_EQ(least_offset_that_fits(kAsked + hours{8}, {}, kAsked), hours{8});
  EXPECT_EQ(least_offset_that_fits(kAsked + hours{6}, hours{2}, kAsked + minutes{10}), hours{8} - minutes{0});
  EXPECT_EQ(least_offset_that_fits(kAsked + hours{40}, {}, kAsked), std::nullopt);
}

TEST(TimeZoneSuspect, ReadsTheFormsOfAnOffset) {
  const std::pair<const char*, std::optional<Seconds>> kRows[] = {
      {"UTC", Seconds{0}},
      {"gmt", Seconds{0}},
      {"UTC+8", hours{8}},
      {"GMT+08:00", hours{8}},
      {"+0800", hours{8}},
      {"+08:00", hours{8}},
      {"-03:30", -hours{3} - minutes{30}},
      {"UTC-5", -hours{5}},
      {"480", hours{8}},
      {"-300", -hours{5}},
      {"0545", hours{5} + minutes{45}},
      {"", {}},
      {"Asia/Shanghai", {}},
      {"+99", {}},
      {"+08:61", {}},
      {"+8:", {}},
      {"8h", {}},
      {"7", {}},
      {"UTC+", {}},
  };
  for (const auto& [text, offset] : kRows) EXPECT_EQ(offset_of(text), offset) << text;
}

TEST(TimeZoneSuspect, SaysWhatToType) {
  EXPECT_EQ(remedy_for(Seconds{0}), "set api_time_zone: UTC");
  EXPECT_EQ(remedy_for(hours{8}), "set api_time_zone: Etc/GMT-8, or another zone of UTC+08:00");
  EXPECT_EQ(remedy_for(-hours{3}), "set api_time_zone: Etc/GMT+3, or another zone of UTC-03:00");
  EXPECT_EQ(remedy_for(hours{5} + minutes{30}), "set api_time_zone to a zone of UTC+05:30");
}

struct Reported : testing::Test {
  Reported() {
    world.report("hourly", "0 * * * *");
    world.cloud.add("i-1", cloud::InstanceStatus::active);
  }
  World world;
};

TEST_F(Reported, AFinishTimeOfAnotherZoneIsSaidOnceWithTheOneThatFits) {
  world.cloud.finish_shift = hours{8};
  world.run_until("2025-06-02T03:30:00Z");
  const auto said = world.said(EventId::service_time_zone_suspect);
  ASSERT_EQ(said.size(), 1U);
  EXPECT_NE(said[0].reason.find("that fits UTC+08:00, not UTC+00:00 of UTC; set api_time_zone: Etc/GMT-8"),
            std::string::npos)
      << said[0].reason;
}

TEST_F(Reported, ATimeThatFitsIsNotSuspected) {
  world.cloud.finish_shift = Seconds{0};
  world.cloud.report_takes = hours{1} + minutes{50};
  world.run_until("2025-06-02T09:30:00Z");
  EXPECT_EQ(world.count(EventId::service_time_zone_suspect), 0U);
}

TEST_F(Reported, AReportThatMayBeOfAnEarlierCallIsNoEvidence) {
  world.cloud.finish_shift = hours{8};
  int calls = 0;
  world.fate = [&calls](const Call& call) {
    const bool fails = std::holds_alternative<CreateReport>(call) && ++calls == 1;
    return fails ? fakes::failing(ErrorKind::not_sent) : fakes::Fate{};
  };
  world.run_until("2025-06-02T01:30:00Z");
  EXPECT_EQ(world.cloud.reports.size(), 1U);
  EXPECT_EQ(world.count(EventId::service_time_zone_suspect), 0U);
}

}  // namespace
}  // namespace dbssd::planner
