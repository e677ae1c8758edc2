#include "telemetry/format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "telemetry/catalogue.h"

namespace dbssd::telemetry {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using Json = nlohmann::ordered_json;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr WallTime kAt{std::chrono::sys_days{std::chrono::March / 9 / 2025} + 7h + 123ms};
constexpr Instant kSunday{std::chrono::sys_days{std::chrono::March / 9 / 2025}};

Event bare(std::string msg) {
  Event event;
  event.id = EventId::service_started;
  event.msg = std::move(msg);
  return event;
}

Event full() {
  Event event;
  event.id = EventId::report_outcome_unknown;
  event.msg = "no answer came back";
  event.project = ProjectName("prod");
  event.instance_id = InstanceId("i-1");
  event.instance_name = "core db";
  event.resource_id = ResourceId("r-1");
  event.report = ReportName("daily-sox");
  event.scheduled_time = kSunday + 7h;
  event.window = Window{kSunday - 24h, kSunday};
  event.reason = "timed out";
  event.request_id = "q-1";
  event.error_kind = ErrorKind::outcome_unknown;
  event.duration = 1500ms;
  return event;
}

const std::string kFields =
    " project=prod instance_id=i-1 instance_name=\"core db\" resource_id=r-1 report=daily-sox "
    "scheduled_time=2025-03-09T07:00:00Z window_begin=2025-03-08T00:00:00Z window_end=2025-03-09T00:00:00Z "
    "reason=\"timed out\" request_id=q-1 error_kind=outcome_unknown duration_ms=1500";

TEST(TextFormat, WritesEveryFieldInItsOrder) {
  EXPECT_EQ(
      format_text(full(), kAt),
      "2025-03-09T07:00:00.123Z WARNING report.outcome_unknown    msg=\"no answer came back\"" + kFields);
}

TEST(TextFormat, LeavesOutWhatIsNotSet) {
  EXPECT_EQ(format_text(bare("begun"), kAt),
            "2025-03-09T07:00:00.123Z INFO    service.started           msg=begun");
}

TEST(TextFormat, HasTheMessageOfEachEventInOneColumn) {
  for (const CatalogueEntry& entry : catalogue()) {
    Event event = bare("begun");
    event.id = entry.id;
    EXPECT_EQ(format_text(event, kAt).find(" msg="), 58U) << entry.name;
  }
}

TEST(TextFormat, ColoursTheLevelAloneAndOnlyWhereThatIsWanted) {
  Event event = bare("begun");
  const auto coloured = [&](EventId id) {
    event.id = id;
    return format_text(event, kAt, Colour::on);
  };
  EXPECT_EQ(coloured(EventId::state_failed),
            "2025-03-09T07:00:00.123Z \x1b[1;31mERROR\x1b[0m   state.failed              msg=begun");
  EXPECT_EQ(coloured(EventId::clock_jumped),
            "2025-03-09T07:00:00.123Z \x1b[33mWARNING\x1b[0m clock.jumped              msg=begun");
  EXPECT_EQ(coloured(EventId::service_started),
            "2025-03-09T07:00:00.123Z INFO    service.started           msg=begun");
  EXPECT_EQ(coloured(EventId::cycle_finished),
            "2025-03-09T07:00:00.123Z \x1b[2mDEBUG\x1b[0m   cycle.finished            msg=begun");
}

TEST(JsonFormat, WritesEveryFieldInItsOrder) {
  EXPECT_EQ(format_json(full(), kAt),
            R"({"ts":"2025-03-09T07:00:00.123Z","level":"warning","event":"report.outcome_unknown",)"
            R"("msg":"no answer came back","project":"prod","instance_id":"i-1","instance_name":"core db",)"
            R"("resource_id":"r-1","report":"daily-sox","scheduled_time":"2025-03-09T07:00:00Z",)"
            R"("window_begin":"2025-03-08T00:00:00Z","window_end":"2025-03-09T00:00:00Z",)"
            R"("reason":"timed out","request_id":"q-1","error_kind":"outcome_unknown","duration_ms":1500})");
}

TEST(JsonFormat, LeavesOutWhatIsNotSet) {
  EXPECT_EQ(format_json(bare("begun"), kAt),
            R"({"ts":"2025-03-09T07:00:00.123Z","level":"info","event":"service.started","msg":"begun"})");
}

TEST(JournalFormat, SaysAllInItsMessageAndEachFieldOnALine) {
  EXPECT_EQ(format_journal(full()),
            "MESSAGE=report.outcome_unknown: no answer came back" + kFields +
                "\nPRIORITY=4\nSYSLOG_IDENTIFIER=dbssd\nDBSSD_EVENT=report.outcome_unknown\n"
                "DBSSD_PROJECT=prod\nDBSSD_INSTANCE_ID=i-1\nDBSSD_INSTANCE_NAME=core db\n"
                "DBSSD_RESOURCE_ID=r-1\nDBSSD_REPORT=daily-sox\n"
                "DBSSD_SCHEDULED_TIME=2025-03-09T07:00:00Z\nDBSSD_WINDOW_BEGIN=2025-03-08T00:00:00Z\n"
                "DBSSD_WINDOW_END=2025-03-09T00:00:00Z\nDBSSD_REASON=timed out\nDBSSD_REQUEST_ID=q-1\n"
                "DBSSD_ERROR_KIND=outcome_unknown\nDBSSD_DURATION_MS=1500");
}

TEST(JournalFormat, GivesEachLevelItsPriority) {
  const auto priority = [](EventId id) {
    Event event;
    event.id = id;
    const std::string fields = format_journal(event);
    return fields.at(fields.find("PRIORITY=") + 9);
  };
  EXPECT_EQ(priority(EventId::cycle_finished), '7');
  EXPECT_EQ(priority(EventId::service_started), '6');
  EXPECT_EQ(priority(EventId::clock_jumped), '4');
  EXPECT_EQ(priority(EventId::state_failed), '3');
}

/// A value that came from elsewhere, and what the forms make of it.
struct Hostile {
  const char* name;
  std::string value;
  std::string in_text;  ///< quotes included
  std::string in_json;  ///< as it is written, quotes included
  std::string read;     ///< as a JSON reader takes it
};

void PrintTo(const Hostile& hostile, std::ostream* out) { *out << hostile.name; }

std::vector<Hostile> hostile_values() {
  return {
      {"Newline", "a\nb", R"("a\nb")", R"("a\nb")", "a\nb"},
      {"CarriageReturn", "a\rb", R"("a\rb")", R"("a\rb")", "a\rb"},
      {"Tab", "a\tb", R"("a\tb")", R"("a\tb")", "a\tb"},
      {"ForgedLine", "x\n2025-03-09T07:00:00.123Z ERROR report.failed msg=forged",
       R"("x\n2025-03-09T07:00:00.123Z ERROR report.failed msg=forged")",
       R"("x\n2025-03-09T07:00:00.123Z ERROR report.failed msg=forged")",
       "x\n2025-03-09T07:00:00.123Z ERROR report.failed msg=forged"},
      {"ForgedField", "x report=forged", R"("x report=forged")", R"("x report=forged")", "x report=forged"},
      {"ForgedFieldInQuotes", "x\" report=\"forged", R"("x\" report=\"forged")", R"("x\" report=\"forged")",
       "x\" report=\"forged"},
      {"ForgedMember", "x\",\"level\":\"error", R"("x\",\"level\":\"error")", R"("x\",\"level\":\"error")",
       "x\",\"level\":\"error"},
      {"Equals", "a=b", R"("a=b")", R"("a=b")", "a=b"},
      {"Backslash", "a\\", R"("a\\")", R"("a\\")", "a\\"},
      {"Nul", "a\0b"s, R"("a\x00b")", R"("a\u0000b")", "a\0b"s},
      {"EscapeSequence", "\x1b[2J", R"("\x1b[2J")", R"("\u001b[2J")", "\x1b[2J"},
      {"Del", "a\x7f", R"("a\x7f")", R"("a\u007f")", "a\x7f"},
      {"C1Control", "\u009b2J", R"("\u{9b}2J")", R"("\u009b2J")", "\u009b2J"},
      {"NextLine", "a\u0085b", R"("a\u{85}b")", R"("a\u0085b")", "a\u0085b"},
      {"LineSeparator", "a\u2028b", R"("a\u{2028}b")", R"("a\u2028b")", "a\u2028b"},
      {"ParagraphSeparator", "a\u2029b", R"("a\u{2029}b")", R"("a\u2029b")", "a\u2029b"},
      {"RightToLeftOverride", "a\u202eb", R"("a\u{202e}b")", R"("a\u202eb")", "a\u202eb"},
      {"Isolate", "a\u2066b", R"("a\u{2066}b")", R"("a\u2066b")", "a\u2066b"},
      {"ZeroWidthSpace", "a\u200bb", R"("a\u{200b}b")", R"("a\u200bb")", "a\u200bb"},
      {"ByteOrderMark",
       "\ufeff"
       "a",
       R"("\u{feff}a")", R"("\ufeffa")",
       "\ufeff"
       "a"},
      {"TagBeyondTheFirstPlane", "a\U000e0041", R"("a\u{e0041}")", R"("a\udb40\udc41")", "a\U000e0041"},
      {"LoneContinuation", "a\x80", R"("a\x80")", R"("a\ufffd")", "a\ufffd"},
      {"CutSequence", "a\xe2\x82", R"("a\xe2\x82")", R"("a\ufffd\ufffd")", "a\ufffd\ufffd"},
      {"OverlongSlash", "\xc0\xaf", R"("\xc0\xaf")", R"("\ufffd\ufffd")", "\ufffd\ufffd"},
      {"OverlongNewline", "\xe0\x80\x8a", R"("\xe0\x80\x8a")", R"("\ufffd\ufffd\ufffd")",
       "\ufffd\ufffd\ufffd"},
      {"Surrogate", "\xed\xa0\x80", R"("\xed\xa0\x80")", R"("\ufffd\ufffd\ufffd")", "\ufffd\ufffd\ufffd"},
      {"BeyondUnicode", "\xf4\x90\x80\x80", R"("\xf4\x90\x80\x80")", R"("\ufffd\ufffd\ufffd\ufffd")",
       "\ufffd\ufffd\ufffd\ufffd"},
      {"InvalidBetweenValid",
       "é\xff"
       "中",
       R"("é\xff中")", R"("é\ufffd中")", "é\ufffd中"},
  };
}

class HostileValue : public testing::TestWithParam<Hostile> {};

TEST_P(HostileValue, StaysInItsFieldOfTheText) {
  Event event = bare("said");
  event.reason = GetParam().value;
  EXPECT_EQ(
      format_text(event, kAt),
      "2025-03-09T07:00:00.123Z INFO    service.started           msg=said reason=" + GetParam().in_text);
}

TEST_P(HostileValue, StaysInTheMessageOfTheText) {
  EXPECT_EQ(format_text(bare(GetParam().value), kAt),
            "2025-03-09T07:00:00.123Z INFO    service.started           msg=" + GetParam().in_text);
}

TEST_P(HostileValue, StaysInItsMemberOfTheJson) {
  Event event = bare(GetParam().value);
  event.reason = GetParam().value;
  EXPECT_EQ(format_json(event, kAt),
            R"({"ts":"2025-03-09T07:00:00.123Z","level":"info","event":"service.started","msg":)" +
                GetParam().in_json + ",\"reason\":" + GetParam().in_json + "}");
}

TEST_P(HostileValue, IsReadBackFromTheJson) {
  Event event = bare(GetParam().value);
  event.reason = GetParam().value;
  const Json read = Json::parse(format_json(event, kAt));
  EXPECT_EQ(read.at("msg"), GetParam().read);
  EXPECT_EQ(read.at("reason"), GetParam().read);
  EXPECT_EQ(read.size(), 5U);
}

TEST_P(HostileValue, AddsNoFieldToTheJournal) {
  Event event = bare(GetParam().value);
  event.reason = GetParam().value;
  std::istringstream fields(format_journal(event));
  std::vector<std::string> names;
  for (std::string line; std::getline(fields, line);) {
    names.push_back(line.substr(0, line.find('=')));
    EXPECT_TRUE(std::ranges::none_of(line, [](char c) { return (c >= 0 && c < ' ') || c == 0x7F; })) << line;
  }
  EXPECT_THAT(names, ElementsAre("MESSAGE", "PRIORITY", "SYSLOG_IDENTIFIER", "DBSSD_EVENT", "DBSSD_REASON"));
}

INSTANTIATE_TEST_SUITE_P(Format, HostileValue, testing::ValuesIn(hostile_values()),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(HostileValues, AreEscapedInEveryFieldThatIsText) {
  const std::string forged = "x\ny";
  Event event = bare(forged);
  event.project = ProjectName(forged);
  event.instance_id = InstanceId(forged);
  event.instance_name = forged;
  event.resource_id = ResourceId(forged);
  event.report = ReportName(forged);
  event.reason = forged;
  event.request_id = forged;
  EXPECT_EQ(format_text(event, kAt).find('\n'), std::string::npos);
  EXPECT_EQ(format_json(event, kAt).find('\n'), std::string::npos);
  EXPECT_EQ(std::ranges::count(format_journal(event), '\n'), 10);  // between eleven fields
}

TEST(HostileValues, AreCutWhereTheyAreVeryLong) {
  const Json read = Json::parse(format_json(bare(std::string(1'000'000, 'x')), kAt));
  const std::string cut = std::string(4096, 'x') + "…";
  EXPECT_EQ(read.at("msg"), cut);
  EXPECT_THAT(format_text(bare(std::string(1'000'000, 'x')), kAt), EndsWith(" msg=\"" + cut + '"'));
  EXPECT_THAT(format_journal(bare(std::string(1'000'000, 'x'))), HasSubstr(": " + cut + "\nPRIORITY="));
}

TEST(HostileValues, AreCutBetweenCharacters) {
  std::string euros = "xx";
  for (int i = 0; i < 2000; ++i) euros += "€";  // the 4096th byte lies within one
  const Json read = Json::parse(format_json(bare(euros), kAt));
  EXPECT_EQ(read.at("msg"), euros.substr(0, 2 + 1365 * 3) + "…");
}

TEST(HarmlessValues, ArePrintedAsTheyAre) {
  const std::string names = "Übersicht-数据库-🦊";
  Event event = bare(names);
  event.instance_name = names;
  EXPECT_THAT(format_text(event, kAt), EndsWith("msg=\"" + names + "\" instance_name=\"" + names + '"'));
  EXPECT_THAT(format_json(event, kAt), EndsWith("\"instance_name\":\"" + names + "\"}"));
  EXPECT_THAT(format_journal(event), StartsWith("MESSAGE=service.started: " + names + " instance_name="));
}

// Also where a char has no sign, as on arm64.
TEST(HarmlessValues, AreNoPlainWordWithBytesBeyondAscii) {
  for (const char* const text : {"\xff", "caf\xc3\xa9", "a\xe2\x80\xae", "\xc2\x85", "\x80"}) {
    Event event = bare("m");
    event.reason = text;
    const std::string line = format_text(event, kAt);
    EXPECT_THAT(line, HasSubstr("reason=\"")) << text;
  }
}

TEST(HarmlessValues, AreAnEmptyWordWhereThereIsNoMessage) {
  EXPECT_THAT(format_text(bare(""), kAt), EndsWith(" msg=\"\""));
  EXPECT_EQ(Json::parse(format_json(bare(""), kAt)).at("msg"), "");
}

}  // namespace
}  // namespace dbssd::telemetry
