#include "cloud/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/cloud/fake_transport.h"

namespace dbssd::cloud {
namespace {

using test::json;
using testing::HasSubstr;

struct KindRow {
  int status;
  const char* body;
  ErrorKind read;
  ErrorKind mutation;
};

TEST(Answer, TheStatusDecidesWhatIsKnown) {
  using enum ErrorKind;
  for (const KindRow& row : {
           KindRow{400, R"({"error_code":"DBSS.10000001","error_msg":"malformed"})", rejected, rejected},
           KindRow{401, R"({"error_code":"APIGW.0301"})", unauthorized, unauthorized},
           KindRow{401, R"({"error_code":"DBSS.10020100"})", unauthorized, unauthorized},
           KindRow{403, R"({"error_code":"APIGW.0302"})", rejected, rejected},
           KindRow{404, R"({"error_code":"APIGW.0101"})", not_found, not_found},
           KindRow{404, "", not_found, not_found},
           KindRow{408, "", outcome_unknown, outcome_unknown},
           KindRow{429, R"({"error_code":"APIGW.0308"})", throttled, throttled},
           KindRow{429, "<html>", throttled, throttled},
           KindRow{403, R"({"error_code":"APIG.0308"})", throttled, throttled},
           KindRow{494, "", rejected, rejected},
           KindRow{400, R"({"error_code":"APIGW.0201","error_msg":"Request entity too large"})", rejected,
                   rejected},
           KindRow{400, R"({"error_code":"APIGW.0201","error_msg":"Backend timeout"})", outcome_unknown,
                   outcome_unknown},
           KindRow{500, R"({"error_code":"DBSS.11000000"})", outcome_unknown, outcome_unknown},
           KindRow{502, R"({"error_code":"APIGW.0610"})", outcome_unknown, outcome_unknown},
           KindRow{503, R"({"error_code":"APIGW.0613"})", outcome_unknown, outcome_unknown},
           KindRow{503, R"({"error_code":"APIGW.0308"})", outcome_unknown, outcome_unknown},
           KindRow{504, "<html>", outcome_unknown, outcome_unknown},
           KindRow{100, "", malformed, outcome_unknown},
           KindRow{200, "<html>", malformed, outcome_unknown},
           KindRow{204, "", malformed, outcome_unknown},
           KindRow{302, "", malformed, outcome_unknown},
           KindRow{0, "", malformed, outcome_unknown},
           KindRow{600, "", outcome_unknown, outcome_unknown},
       }) {
    EXPECT_EQ(error_of(json(row.status, row.body), Effect::read).kind, row.read)
        << row.status << ' ' << row.body;
    EXPECT_EQ(error_of(json(row.status, row.body), Effect::mutation).kind, row.mutation)
        << row.status << ' ' << row.body;
  }
}

TEST(Answer, TheServicesOwnWordsAreKept) {
  const Error error =
      error_of(json(400, R"({"error_code":"DBSS.10020130","error_msg":"start failed","request_id":"b"})"),
               Effect::mutation);
  EXPECT_EQ(error.code, "DBSS.10020130");
  EXPECT_THAT(error.message, HasSubstr("start failed"));
  EXPECT_EQ(error.request_id, "b");
  EXPECT_EQ(error.http_status, 400);
}

TEST(Answer, TheRequestIdOfTheHeaderGoesFirst) {
  Response response = json(500, R"({"request_id":"body"})");
  response.request_id = "header";
  EXPECT_EQ(error_of(response, Effect::read).request_id, "header");
  response.request_id = std::string(10'000, 'x');
  EXPECT_EQ(error_of(response, Effect::read).request_id.size(), 128U);
}

TEST(Answer, ABodyThatIsNotTheServicesIsNotRepeated) {
  Response response = json(502, "<html><script>evil</script></html>");
  response.content_type = "text/html";
  const Error error = error_of(response, Effect::read);
  EXPECT_THAT(error.message, testing::Not(HasSubstr("evil")));
  EXPECT_THAT(error.message, HasSubstr("text/html"));
}

struct LimitRow {
  const char* message;
  std::int64_t count;
  Seconds span;
};

TEST(Answer, AnnouncedLimitsAreParsed) {
  for (const LimitRow& row : {LimitRow{"policy user over ratelimit,limit:10,time:1 minute", 10, Seconds{60}},
                              LimitRow{"LIMIT:200,TIME:1 SECOND", 200, Seconds{1}},
                              LimitRow{"x limit:5, time:2 hours", 5, Seconds{7200}},
                              LimitRow{"limit:1,time:1day", 1, Seconds{86400}}}) {
    const auto limit = parse_rate_limit(row.message);
    ASSERT_TRUE(limit) << row.message;
    EXPECT_EQ(limit->count, row.count) << row.message;
    EXPECT_EQ(limit->span, row.span) << row.message;
  }
}

TEST(Answer, WhatAnnouncesNoLimitIsNone) {
  for (const char* message :
       {"", "limit:10", "time:1 minute", "limit:0,time:1 minute", "limit:10,time:0 minute",
        "limit:-1,time:1 minute", "limit:x,time:1 minute", "limit:10,time:1 fortnight",
        "limit:99999999999999999999,time:1 minute", "limit:10,time:99999999999 days"}) {
    EXPECT_FALSE(parse_rate_limit(message)) << message;
  }
}

struct RetryRow {
  const char* header;
  std::optional<Millis> after;
};

TEST(Answer, RetryAfterIsSecondsOrADate) {
  for (const RetryRow& row :
       {RetryRow{"7", Seconds{7}}, RetryRow{"Sun, 06 Nov 1994 08:50:00 GMT", Seconds{23}},
        RetryRow{"Sun, 06 Nov 1994 08:00:00 GMT", Seconds{0}}, RetryRow{"999999999999", Seconds{3600}},
        RetryRow{"-1", {}}, RetryRow{"7s", {}}, RetryRow{"", {}}, RetryRow{"soon", {}}}) {
    Response response = json(503, "");
    response.date = parse_utc("1994-11-06T08:49:37Z");
    response.retry_after = row.header;
    EXPECT_EQ(error_of(response, Effect::read).retry_after, row.after) << row.header;
  }
}

TEST(Answer, AnAnnouncedLimitSaysWhenToTryAgain) {
  EXPECT_EQ(error_of(json(429, R"({"error_msg":"limit:10,time:1 minute"})"), Effect::read).retry_after,
            Seconds{60});
  EXPECT_EQ(error_of(json(429, R"({"error_msg":"limit:10,time:1 day"})"), Effect::read).retry_after,
            Seconds{3600});
  EXPECT_EQ(error_of(json(429, R"({"error_msg":"limit:200,time:1 second"})"), Effect::read).retry_after,
            Seconds{1});
  Response response = json(429, R"({"error_msg":"limit:10,time:1 minute"})");
  response.retry_after = "30";
  EXPECT_EQ(error_of(response, Effect::read).retry_after, Seconds{30});
}

TEST(Answer, OnlyJsonWithAnExpectedStatusIsSuccess) {
  Response response = json(200, "{}");
  for (const char* type :
       {"application/json", "application/json;charset=utf8", "Application/JSON", "application/hal+json"}) {
    response.content_type = type;
    EXPECT_TRUE(is_json_success(response)) << type;
  }
  for (const char* type : {"", "text/html", "application/pdf"}) {
    response.content_type = type;
    EXPECT_FALSE(is_json_success(response)) << type;
  }
  for (const int status : {100, 199, 203, 204, 206, 302, 400, 500})
    EXPECT_FALSE(is_json_success(json(status, "{}"))) << status;
}

}  // namespace
}  // namespace dbssd::cloud
