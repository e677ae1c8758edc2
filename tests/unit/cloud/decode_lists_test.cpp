// Jobs, reports, templates and databases.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cloud/decode.h"

namespace dbssd::cloud {
namespace {

template <class T>
T only(Expected<Page<T>> page) {
  EXPECT_TRUE(page) << page.error().message;
  if (!page || page->items.size() != 1) {
    ADD_FAILURE() << "one entry was expected";
    return {};
  }
  return page->items.front();
}

Job job(const std::string& entry) { return only(decode_jobs(R"({"jobs":[)" + entry + "]}")); }

Report report(const std::string& entry, const char* zone = "UTC") {
  schedule::ZoneDatabase zones;
  return only(decode_reports(R"({"reports":[)" + entry + "]}", *zones.find(zone)));
}

TEST(DecodeJobs, TheDocumentedAnswerIsRead) {
  const Job read = job(R"({"resource_id":"2c15","status":"SUCCESS","job_type":null,"job_id":"8abf",
    "begin_time":1671519371000,"end_time":1671519417000,"error_code":null,"fail_reason":null,
    "charge_mode":"Demand","server_name":"DBSS-qct-1220","server_id":"0aa8","ha_id":null,"ha_name":null})");
  EXPECT_EQ(read.id, JobId("8abf"));
  EXPECT_EQ(read.resource_id, ResourceId("2c15"));
  EXPECT_EQ(read.status, JobStatus::success);
  EXPECT_EQ(read.server_name, "DBSS-qct-1220");
  EXPECT_EQ(read.type, "");
  EXPECT_EQ(read.begin, WallTime{Millis{1671519371000}});
  EXPECT_EQ(read.end, WallTime{Millis{1671519417000}});
  EXPECT_EQ(read.error_code, "");
}

TEST(DecodeJobs, EveryStatusIsReadWithoutCase) {
  struct Row {
    const char* text;
    JobStatus status;
  };
  for (const Row& row :
       {Row{"INIT", JobStatus::init}, Row{"ready", JobStatus::ready}, Row{"Running", JobStatus::running},
        Row{"SUCCESS", JobStatus::success}, Row{"FAIL", JobStatus::fail}, Row{"failed", JobStatus::fail},
        Row{"ERROR", JobStatus::fail}, Row{"", JobStatus::unknown}, Row{"DONE", JobStatus::unknown}}) {
    EXPECT_EQ(job(R"({"job_id":"j","status":")" + std::string(row.text) + R"("})").status, row.status)
        << row.text;
  }
}

TEST(DecodeJobs, TimesMayBeTextAndAbsentOnesAreNothing) {
  EXPECT_EQ(job(R"({"job_id":"j","begin_time":"1671519371000"})").begin, WallTime{Millis{1671519371000}});
  for (const char* time : {"null", "0", "-1", "\"\"", "\"soon\"", "253402300800000", "9223372036854775807"})
    EXPECT_FALSE(job(R"({"job_id":"j","begin_time":)" + std::string(time) + "}").begin) << time;
}

TEST(DecodeJobs, AnEmptyListIsWell) {
  const auto page = decode_jobs(R"({"jobs":[]})");
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->items.empty());
}

TEST(DecodeJobs, ALongReasonIsBounded) {
  EXPECT_EQ(job(R"({"job_id":"j","fail_reason":")" + std::string(9999, 'x') + R"("})").fail_reason.size(),
            1024U);
}

TEST(DecodeReports, AWrappedAndABareEntryAreTheSame) {
  const std::string entry =
      R"({"id":"r1","name":"daily","type":"AUDIT_REPORT_REAL_TIME","template_type":"SOX",
    "start_time":"2025-08-20 16:00:00","end_time":"2025-08-21 07:03:31","finish_time":"2025-08-21 08:00:00",
    "percentum":"100","format":"pdf","db_ids":null,"db_names":[],"url":"x"})";
  for (const std::string& form : {entry, R"({"report":)" + entry + "}"}) {
    const Report read = report(form);
    EXPECT_EQ(read.id, ReportId("r1"));
    EXPECT_EQ(read.name, "daily");
    EXPECT_EQ(read.type, "AUDIT_REPORT_REAL_TIME");
    EXPECT_EQ(read.template_type, "SOX");
    EXPECT_EQ(read.start, parse_utc("2025-08-20T16:00:00Z"));
    EXPECT_EQ(read.end, parse_utc("2025-08-21T07:03:31Z"));
    EXPECT_EQ(read.begin_words, "2025-08-20 16:00:00");
    EXPECT_EQ(read.end_words, "2025-08-21 07:03:31");
    ASSERT_TRUE(read.finish);
    EXPECT_EQ(read.finish->likely, parse_utc("2025-08-21T08:00:00Z"));
    EXPECT_EQ(read.finish_time, "2025-08-21 08:00:00");
    ASSERT_TRUE(read.finished && read.wire_offset);
    EXPECT_EQ(format_utc(*read.finished + *read.wire_offset), "2025-08-21T08:00:00Z");
    EXPECT_THAT(read.databases, testing::IsEmpty());
    EXPECT_EQ(read.percentum, 100);
  }
}

TEST(DecodeReports, TimesAreInTheZoneOfTheApi) {
  const Report read = report(R"({"id":"r","start_time":"2025-08-21 00:00:00"})", "Asia/Shanghai");
  EXPECT_EQ(read.start, parse_utc("2025-08-20T16:00:00Z"));
  EXPECT_EQ(read.begin_words, "2025-08-21 00:00:00");
}

TEST(DecodeReports, ATimeThatSaysItsZoneHasNoWords) {
  const Report read =
      report(R"({"id":"r","start_time":1755705600000,"end_time":"2025-08-21T00:00:00+08:00"})");
  EXPECT_EQ(read.start, parse_utc("2025-08-20T16:00:00Z"));
  EXPECT_EQ(read.end, read.start);
  EXPECT_EQ(read.begin_words + read.end_words, "");
}

TEST(DecodeReports, AFinishMayBeInAnyZone) {
  struct Row {
    const char* zone;
    const char* json;
    const char* likely;
    const char* latest;
  };
  for (const Row& row :
       {Row{"UTC", R"("2025-08-21 08:00:00")", "2025-08-21T08:00:00Z", "2025-08-21T22:00:00Z"},
        Row{"Asia/Shanghai", R"("2025-08-21 08:00:00")", "2025-08-21T08:00:00Z", "2025-08-21T22:00:00Z"},
        Row{"America/Sao_Paulo", R"("2025-08-21 08:00:00")", "2025-08-21T11:00:00Z", "2025-08-21T22:00:00Z"},
        Row{"Asia/Shanghai", R"("2025-08-21T08:00:00Z")", "2025-08-21T08:00:00Z", "2025-08-21T08:00:00Z"}}) {
    const Report read = report(R"({"id":"r","finish_time":)" + std::string(row.json) + "}", row.zone);
    ASSERT_TRUE(read.finish) << row.json;
    EXPECT_EQ(read.finish->likely, parse_utc(row.likely)) << row.json << " in " << row.zone;
    EXPECT_EQ(read.finish->latest, parse_utc(row.latest)) << row.json << " in " << row.zone;
  }
  EXPECT_FALSE(report(R"({"id":"r","finish_time":null})").finish);
  EXPECT_FALSE(report(R"({"id":"r","finish_time":"soon"})").finish);
}

TEST(DecodeReports, DatabasesAreATextOrAList) {
  for (const char* json : {R"("d1,d2")", R"("d1, d2,")", R"(["d1","d2"])", R"(["d1,d2"])"})
    EXPECT_THAT(report(R"({"id":"r","db_ids":)" + std::string(json) + "}").databases,
                testing::ElementsAre("d1", "d2"))
        << json;
  EXPECT_THAT(report(R"({"id":"r","db_ids":7})").databases, testing::ElementsAre("7"));
  for (const char* json : {"null", R"("")", "[]", "{}", R"(" , ")"})
    EXPECT_THAT(report(R"({"id":"r","db_ids":)" + std::string(json) + "}").databases, testing::IsEmpty())
        << json;
  const std::string many(100'000, 'x');
  EXPECT_THAT(report(R"({"id":"r","db_ids":")" + many + R"("})").databases, testing::IsEmpty());
}

TEST(DecodeReports, ATimeThatIsNoneIsNothing) {
  for (const char* time : {"null", "\"\"", "\"2025-08-20\"", "\"2025-02-30 00:00:00\"", "17557056", "\"x\""})
    EXPECT_FALSE(report(R"({"id":"r","start_time":)" + std::string(time) + "}").start) << time;
}

TEST(DecodeReports, ProgressIsAPercentage) {
  struct Row {
    const char* json;
    int percentum;
  };
  for (const Row& row :
       {Row{"0", 0}, Row{"57", 57}, Row{"\"57\"", 57}, Row{"\"57%\"", 57}, Row{"99.9", 99},
        Row{"\"99.9\"", 99}, Row{"100", 100}, Row{"101", 100}, Row{"-5", 0}, Row{"null", 0}, Row{"\"\"", 0},
        Row{"\"done\"", 0}, Row{"99999999999999999999", 100}, Row{"[]", 0}, Row{"\"nan\"", 0}}) {
    EXPECT_EQ(report(R"({"id":"r","percentum":)" + std::string(row.json) + "}").percentum, row.percentum)
        << row.json;
  }
}

TEST(DecodeTemplates, WrappedAndBareEntriesAreRead) {
  const auto page = decode_templates(
      R"({"templates":[{"template":{"id":"t1","name":"Sarbanes","type":"SOX","status":"ON"}},{"id":"t2"}],"total":2})");
  ASSERT_TRUE(page);
  ASSERT_EQ(page->items.size(), 2U);
  EXPECT_EQ(page->items[0].id, TemplateId("t1"));
  EXPECT_EQ(page->items[0].name, "Sarbanes");
  EXPECT_EQ(page->items[0].type, "SOX");
  EXPECT_EQ(page->items[1].id, TemplateId("t2"));
}

TEST(DecodeDatabases, WrappedAndBareEntriesAreRead) {
  const auto page = decode_databases(
      R"({"databases":[{"database":{"id":"d1","name":"orders","type":"MYSQL"}},{"id":5}],"total":"2"})");
  ASSERT_TRUE(page);
  ASSERT_EQ(page->items.size(), 2U);
  EXPECT_EQ(page->items[0].id, "d1");
  EXPECT_EQ(page->items[0].name, "orders");
  EXPECT_EQ(page->items[0].type, "MYSQL");
  EXPECT_EQ(page->items[1].id, "5");
  EXPECT_EQ(page->total, 2);
}

TEST(DecodeLists, EachNeedsItsOwnList) {
  EXPECT_FALSE(decode_jobs(R"({"reports":[]})"));
  EXPECT_FALSE(decode_reports(R"({"jobs":[]})", schedule::Zone::utc()));
  EXPECT_FALSE(decode_templates(R"({"databases":[]})"));
  EXPECT_FALSE(decode_databases(R"({"templates":[]})"));
}

}  // namespace
}  // namespace dbssd::cloud
