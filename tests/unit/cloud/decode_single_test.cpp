#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cloud/decode.h"

namespace dbssd::cloud {
namespace {

using testing::HasSubstr;

TEST(DecodeSummary, TheDocumentedAnswerIsRead) {
  const auto task = decode_summary(R"({"id":32,"project_id":"b935","busi_type":"risk","task_switch":"OFF",
    "task_status":"2","total_num":10,"completed_num":"9","begin_time":1753427737077,"end_time":"1753427757803",
    "query_begin_time":1752974753000,"query_end_time":1753427733000})",
                                   BusiType::risk);
  ASSERT_TRUE(task);
  EXPECT_EQ(task->id, "32");
  EXPECT_EQ(task->busi_type, BusiType::risk);
  EXPECT_EQ(task->status, TaskStatus::success);
  EXPECT_EQ(task->task_switch, "off");
  EXPECT_EQ(task->total, 10);
  EXPECT_EQ(task->completed, 9);
  EXPECT_EQ(task->begin, WallTime{Millis{1753427737077}});
  EXPECT_EQ(task->end, WallTime{Millis{1753427757803}});
  EXPECT_EQ(task->query_begin, WallTime{Millis{1752974753000}});
  EXPECT_EQ(task->query_end, WallTime{Millis{1753427733000}});
}

TEST(DecodeSummary, TheStatusIsANumberInAnyDress) {
  struct Row {
    const char* json;
    TaskStatus status;
  };
  for (const Row& row :
       {Row{"0", TaskStatus::ready}, Row{"\"0\"", TaskStatus::ready}, Row{"1", TaskStatus::running},
        Row{"-1", TaskStatus::running}, Row{"\"-1\"", TaskStatus::running}, Row{"2", TaskStatus::success},
        Row{"3", TaskStatus::failed}, Row{"4", TaskStatus::unknown}, Row{"\"done\"", TaskStatus::unknown},
        Row{"4294967298", TaskStatus::unknown}}) {
    const auto task =
        decode_summary(R"({"id":1,"task_status":)" + std::string(row.json) + "}", BusiType::audit);
    ASSERT_TRUE(task) << row.json;
    EXPECT_EQ(task->status, row.status) << row.json;
  }
}

TEST(DecodeSummary, NegativeCountsAreNone) {
  const auto task = decode_summary(R"({"id":1,"task_status":0,"total_num":-1})", BusiType::audit);
  ASSERT_TRUE(task);
  EXPECT_FALSE(task->total);
  EXPECT_FALSE(task->completed);
}

TEST(DecodeSummary, AnotherShapeIsMalformed) {
  for (const char* body : {"{}", "[]", R"({"result":"success"})", "", "x"}) {
    const auto task = decode_summary(body, BusiType::audit);
    ASSERT_FALSE(task) << body;
    EXPECT_EQ(task.error().kind, ErrorKind::malformed);
  }
}

TEST(DecodeNativeSchedule, OnlyOnIsOn) {
  struct Row {
    const char* body;
    bool on;
  };
  for (const Row& row : {Row{R"({"scheduler":{"status":"ON","frequency":"DAY"}})", true},
                         {R"({"scheduler":{"status":"on"}})", true},
                         {R"({"status":"ON","scheduler":null})", true},
                         {R"({"scheduler":{"status":"OFF"}})", false},
                         {R"({"scheduler":{"status":1,"frequency":["DAY"]}})", false}}) {
    const auto schedule = decode_native_schedule(row.body);
    ASSERT_TRUE(schedule) << row.body;
    EXPECT_EQ(schedule->on, row.on) << row.body;
  }
  for (const char* body : {"{}", "[]", "", R"({"scheduler":{}})", R"({"scheduler":{"status":null}})"}) {
    const auto schedule = decode_native_schedule(body);
    ASSERT_FALSE(schedule) << body;
    EXPECT_EQ(schedule.error().kind, ErrorKind::malformed);
  }
}

TEST(DecodeNativeSchedule, SaysHowOftenInAWord) {
  for (const auto& [said, read] : {std::pair{"AUDIT_REPORT_WEEK", "WEEK"},
                                   {"AUDIT_REPORT_REAL_TIME", "REAL_TIME"},
                                   {"DAY", "DAY"},
                                   {"", ""}}) {
    const auto schedule =
        decode_native_schedule(R"({"scheduler":{"status":"ON","frequency":")" + std::string(said) + R"("}})");
    ASSERT_TRUE(schedule);
    EXPECT_EQ(schedule->frequency, read);
  }
}

TEST(DecodeResult, SuccessInAnyCaseIsSuccess) {
  for (const char* token : {"success", "SUCCESS", "Success"})
    EXPECT_TRUE(decode_result(R"({"result":")" + std::string(token) + R"("})")) << token;
}

TEST(DecodeResult, FailedInAnyFormIsRejected) {
  for (const char* token : {"failed", "FAILED", "fail", "Fail"}) {
    const auto result = decode_result(R"({"result":")" + std::string(token) + R"("})");
    ASSERT_FALSE(result) << token;
    EXPECT_EQ(result.error().kind, ErrorKind::rejected) << token;
  }
}

TEST(DecodeResult, AFailureKeepsItsReason) {
  const auto result =
      decode_result(R"({"result":"failed","error_code":"DBSS.10020130","error_msg":"start failed"})");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "DBSS.10020130");
  EXPECT_THAT(result.error().message, HasSubstr("start failed"));
}

TEST(DecodeResult, AnythingElseIsMalformed) {
  for (const char* body : {"{}", "[]", "", R"({"result":null})", R"({"result":""})", R"({"result":"maybe"})",
                           R"({"result":true})", R"({"error_code":"DBSS.11000000"})", "<html>"}) {
    const auto result = decode_result(body);
    ASSERT_FALSE(result) << body;
    EXPECT_EQ(result.error().kind, ErrorKind::malformed) << body;
  }
}

TEST(DecodeRefusal, EveryFormIsUnderstood) {
  struct Row {
    const char* body;
    const char* code;
    const char* message;
    const char* request_id;
  };
  for (const Row& row : {
           Row{R"({"error_code":"DBSS.10020130","error_msg":"start failed"})", "DBSS.10020130",
               "start failed", ""},
           Row{R"({"error":{"error_code":"DBSS.1","error_msg":"old"}})", "DBSS.1", "old", ""},
           Row{R"({"error_msg":"bad","error_code":"APIGW.0301","request_id":"r9"})", "APIGW.0301", "bad",
               "r9"},
           Row{R"({"request_id":"r9","error":{"error_code":"X","error_msg":"m"}})", "X", "m", "r9"},
           Row{R"({"error":{"code":401,"message":"wrong","title":"Unauthorized"}})", "401", "wrong", ""},
           Row{R"({"a":{"b":{"error_msg":"deep"}}})", "", "deep", ""},
           Row{R"({"error_code":7})", "7", "", ""},
           Row{R"({"error_code":null,"error_msg":null})", "", "", ""},
           Row{"<html>502</html>", "", "", ""},
           Row{"", "", "", ""},
           Row{"[]", "", "", ""},
       }) {
    const Refusal refusal = decode_refusal(row.body);
    EXPECT_EQ(refusal.code, row.code) << row.body;
    EXPECT_EQ(refusal.message, row.message) << row.body;
    EXPECT_EQ(refusal.request_id, row.request_id) << row.body;
  }
}

TEST(DecodeRefusal, ALongMessageIsBounded) {
  EXPECT_EQ(decode_refusal(R"({"error_msg":")" + std::string(100'000, 'x') + R"("})").message.size(), 1024U);
}

TEST(DecodeTokenExpiry, MicrosecondsAreRead) {
  EXPECT_EQ(decode_token_expiry(R"({"token":{"expires_at":"2020-01-04T09:05:22.701000Z"}})"),
            parse_utc("2020-01-04T09:05:22Z"));
  EXPECT_EQ(decode_token_expiry(R"({"token":{"expires_at":"2020-01-04T09:05:22Z"}})"),
            parse_utc("2020-01-04T09:05:22Z"));
  for (const char* body :
       {"", "{}", R"({"token":{}})", R"({"token":{"expires_at":"tomorrow"}})", R"({"token":"x"})"})
    EXPECT_FALSE(decode_token_expiry(body)) << body;
}

TEST(DecodeProject, TheOneOfThatNameIsFound) {
  const auto id = decode_project(
      R"({"projects":[{"id":"p0","name":"other"},{"id":"p1","name":"ap-southeast-3"}]})", "ap-southeast-3");
  ASSERT_TRUE(id);
  EXPECT_EQ(*id, ProjectId("p1"));
}

TEST(DecodeProject, NoneAndSeveralAreRejected) {
  for (const char* body : {R"({"projects":[]})", R"({"projects":[{"id":"p","name":"ap"}]})",
                           R"({"projects":[{"id":"a","name":"r"},{"id":"b","name":"r"}]})"}) {
    const auto id = decode_project(body, "r");
    ASSERT_FALSE(id) << body;
    EXPECT_EQ(id.error().kind, ErrorKind::rejected) << body;
    EXPECT_THAT(id.error().message, HasSubstr("set project_id")) << body;
  }
}

TEST(DecodeLentKeys, AllPartsAreNeeded) {
  const auto keys = decode_lent_keys(
      R"({"credential":{"access":"A","secret":"S","securitytoken":"T","expires_at":"2025-01-01T00:00:00.000000Z"}})");
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->access_key.reveal(), "A");
  EXPECT_EQ(keys->secret_key.reveal(), "S");
  EXPECT_EQ(keys->security_token.reveal(), "T");
  EXPECT_EQ(keys->expires_at, parse_utc("2025-01-01T00:00:00Z"));
  for (const char* body :
       {"{}", "", R"({"credential":{}})", R"({"credential":{"access":"A","secret":"S"}})",
        R"({"credential":{"access":"A","secret":"S","securitytoken":"T","expires_at":"x"}})"}) {
    const auto none = decode_lent_keys(body);
    ASSERT_FALSE(none) << body;
    EXPECT_THAT(none.error().message, testing::Not(HasSubstr("\"A\""))) << body;
  }
}

}  // namespace
}  // namespace dbssd::cloud
