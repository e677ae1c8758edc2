#include "telemetry/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_clock.h"
#include "fakes/recording_sink.h"
#include "telemetry/endpoint.h"
#include "telemetry/gauges.h"
#include "telemetry/service_state.h"

namespace dbssd::telemetry {
namespace {

using testing::HasSubstr;
using testing::Not;

class MetricsTest : public testing::Test {
 protected:
  void say(EventId id, const std::string& project, std::optional<int> attempt = {}) {
    Event event;
    event.id = id;
    event.project = ProjectName(project);
    event.attempt = attempt;
    event.duration = Seconds{7};
    sink_.emit(event);
  }
  [[nodiscard]] std::string text() const { return exposition(metrics_.collect()); }

  fakes::RecordingSink next_;
  Metrics metrics_;
  CountingSink sink_{metrics_, next_};
};

TEST_F(MetricsTest, CountEventsAndHandThemOn) {
  metrics_.know({ProjectName("prod")});
  say(EventId::report_failed, "prod");
  say(EventId::report_failed, "prod");
  EXPECT_THAT(text(),
              HasSubstr("dbssd_events_total{event=\"report.failed\",level=\"error\",project=\"prod\"} 2\n"));
  EXPECT_EQ(next_.count(EventId::report_failed), 2U);
}

TEST_F(MetricsTest, BeginWarningsAndErrorsOfAKnownProjectAtZero) {
  EXPECT_THAT(text(), Not(HasSubstr("project=\"prod\"")));
  metrics_.know({ProjectName("prod")});
  EXPECT_THAT(text(), HasSubstr("event=\"report.failed\",level=\"error\",project=\"prod\"} 0\n"));
  EXPECT_THAT(text(), Not(HasSubstr("event=\"instance.seen\"")));
}

TEST_F(MetricsTest, TakeNoLabelFromOutsideThePolicy) {
  say(EventId::report_request_refused, "made-up");
  EXPECT_THAT(text(), HasSubstr("event=\"report.request_refused\",level=\"warning\",project=\"\"} 1\n"));
  EXPECT_THAT(text(), Not(HasSubstr("made-up")));
}

TEST_F(MetricsTest, MeasureTheSkewOfTheFirstCallAlone) {
  say(EventId::report_submitted, "", 1);
  say(EventId::report_submitted, "", 2);
  EXPECT_THAT(text(), HasSubstr("dbssd_report_skew_seconds_count 1\n"));
  EXPECT_THAT(text(), HasSubstr("dbssd_report_skew_seconds_sum 7\n"));
}

TEST(Exposition, EscapesWhatALabelMayNotHold) {
  prometheus::MetricFamily family = gauges("x", "y");
  add(family, {{"name", "a\"b\\c\nd"}}, 1);
  EXPECT_THAT(exposition({family}), HasSubstr("x{name=\"a\\\"b\\\\c\\nd\"} 1\n"));
}

TEST(ForeignName, IsWhateverIsNeitherAnAddressNorLocalhost) {
  for (const char* host :
       {"localhost", "LocalHost:80", "127.0.0.1", "10.1.2.3:9464", "[::1]", "[fe80::1]:9464"})
    EXPECT_FALSE(is_foreign_name(host)) << host;
  for (const char* host : {"", "evil.example", "localhost.", "1.2.3.4.evil.example", "[::1", "127.1", "::1"})
    EXPECT_TRUE(is_foreign_name(host)) << host;
}

class Board : public testing::Test {
 protected:
  [[nodiscard]] Now later(Seconds by) const { return {WallTime(by), MonoTime(by)}; }
  ServiceBoard board_{WallTime{}, "/etc/dbssd/policy.yaml"};
};

TEST_F(Board, IsReadyFromTheFirstTurnOnUntilItStops) {
  EXPECT_EQ(why_not_ready(board_.read(), MonoTime(Seconds{1})), "starting");
  EXPECT_EQ(why_unhealthy(board_.read(), MonoTime(std::chrono::hours{1})), "") << "a start may take its time";
  board_.turned(later(Seconds{10}), {});
  EXPECT_EQ(why_not_ready(board_.read(), MonoTime(Seconds{11})), "");
  board_.stopping();
  EXPECT_EQ(why_not_ready(board_.read(), MonoTime(Seconds{12})), "stopping");
}

TEST_F(Board, IsNotReadyAndNotUnhealthyWhileAProjectIsNotWorkedFor) {
  board_.turned(later(Seconds{10}), {}, {{ProjectName("prod"), "its instances have not been listed yet"}});
  EXPECT_EQ(why_not_ready(board_.read(), MonoTime(Seconds{11})),
            "project prod: its instances have not been listed yet");
  EXPECT_EQ(why_unhealthy(board_.read(), MonoTime(Seconds{11})), "");
  board_.turned(later(Seconds{12}), {});
  EXPECT_EQ(why_not_ready(board_.read(), MonoTime(Seconds{13})), "");
}

TEST_F(Board, KnowsSinceWhenReloadsAreRefused) {
  const auto at = [](long seconds) { return Instant(Seconds(seconds)); };
  board_.policy("one", at(1), "", at(1));
  EXPECT_FALSE(board_.read().refused_at);
  board_.policy("one", at(1), "a bad line", at(5));
  board_.policy("one", at(1), "another bad line", at(9));
  EXPECT_EQ(board_.read().refused_at, at(5));
  EXPECT_EQ(board_.read().refused, "another bad line");
  board_.policy("two", at(12), "", at(12));
  EXPECT_FALSE(board_.read().refused_at);
}

TEST_F(Board, SaysThatTheMainLoopHangs) {
  board_.turned(later(Seconds{10}), {});
  EXPECT_EQ(why_unhealthy(board_.read(), MonoTime(Seconds{70})), "");
  EXPECT_EQ(why_unhealthy(board_.read(), MonoTime(Seconds{71})), "the main loop has not come round for 1m1s");
}

TEST_F(Board, SaysWhichLaneHangs) {
  board_.turned(later(Seconds{100}),
                {{ProjectName("dr"), MonoTime(Seconds{90})}, {ProjectName("prod"), MonoTime(Seconds{30})}});
  EXPECT_EQ(why_unhealthy(board_.read(), MonoTime(Seconds{101})),
            "the lane of project prod has not come round for 1m10s");
  EXPECT_EQ(why_not_ready(board_.read(), MonoTime(Seconds{101})),
            why_unhealthy(board_.read(), MonoTime(Seconds{101})));
}

}  // namespace
}  // namespace dbssd::telemetry
