// What the list says for and against a report's being a run's, word by word.
#include "planner/fit.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace dbssd::planner {
namespace {

Instant utc(const char* text) { return *parse_utc(text); }

/// Of the template t-sox over a day, sent at 06:00 of the next, as it is known in a project whose wire is in
/// UTC.
journal::RunRecord run() {
  journal::RunRecord run;
  run.window = {utc("2025-06-01T00:00:00Z"), utc("2025-06-02T00:00:00Z")};
  run.sent_begin = "2025-06-01 00:00:00";
  run.sent_end = "2025-06-02 00:00:00";
  run.state = journal::RunState::unknown;
  run.submitted_at = utc("2025-06-02T06:00:00Z");
  run.attempts = 1;
  run.template_id = TemplateId("t-sox");
  run.template_type = "SOX";
  run.template_name = "Sarbanes-Oxley";
  run.databases = {"d-1", "d-2"};
  return run;
}

/// As documented: nothing in it but the window is the run's.
cloud::Report listed() {
  cloud::Report report;
  report.id = ReportId("rep-1");
  report.name = "20250602-0001";
  report.type = "AUDIT_REPORT_REAL_TIME";
  report.template_type = "PDF";
  report.begin_words = "2025-06-01 00:00:00";
  report.end_words = "2025-06-02 00:00:00";
  report.start = utc("2025-06-01T00:00:00Z");
  report.end = utc("2025-06-02T00:00:00Z");
  return report;
}

const std::vector<cloud::Template> kTemplates{{TemplateId("t-sox"), "Sarbanes-Oxley", "SOX"},
                                              {TemplateId("t-own"), "Quarterly", "OURS"}};

enum class Is { ours, doubtful, anothers };

void expect(Is is, int signs, const cloud::Report& report, const journal::RunRecord& asked,
            const char* what) {
  const TemplateWords known = template_words(kTemplates, {&asked});
  const Fit fit = fit_of(report, asked, words_of(asked, schedule::Zone::utc()), known);
  EXPECT_EQ(fit.is_possible, is != Is::anothers) << what;
  EXPECT_EQ(!fit.doubt.empty(), is == Is::doubtful) << what << ": " << fit.doubt;
  EXPECT_EQ(fit.signs, signs) << what;
}

TEST(Fits, AReportOfTheSameWindowInTheWordsOfTheCallOrInInstants) {
  struct Row {
    const char* what;
    std::string begin_words, end_words;
    std::optional<Instant> start, end;
    Is is;
  };
  const cloud::Report ours = listed();
  const std::optional<Instant> other = utc("2025-06-02T00:00:01Z");
  for (const Row& row :
       {Row{"as it was sent", ours.begin_words, ours.end_words, ours.start, ours.end, Is::ours},
        Row{"another begin", "2025-06-01 00:00:01", ours.end_words, ours.start, ours.end, Is::anothers},
        Row{"another end", ours.begin_words, "2025-06-01 23:59:59", ours.start, ours.end, Is::anothers},
        Row{"words decide, not what they mean", ours.begin_words, ours.end_words, other, other, Is::ours},
        Row{"instants", "", "", ours.start, ours.end, Is::ours},
        Row{"another instant", ours.begin_words, "", ours.start, other, Is::anothers},
        Row{"no end", ours.begin_words, "", ours.start, {}, Is::anothers}}) {
    cloud::Report report = listed();
    report.begin_words = row.begin_words;
    report.end_words = row.end_words;
    report.start = row.start;
    report.end = row.end;
    expect(row.is, 0, report, run(), row.what);
  }
  journal::RunRecord old = run();
  old.sent_begin = old.sent_end = "";
  expect(Is::ours, 0, listed(), old, "a run from before its words were kept");
}

TEST(Fits, AReportThatNoWordSaysToBeOfAnotherTemplate) {
  struct Row {
    const char* what;
    const char* type;
    const char* template_type;
    const char* name;
    Is is;
    int signs;
  };
  constexpr const char* kOnDemand = "AUDIT_REPORT_REAL_TIME";
  for (const Row& row :
       {Row{"a ZIP", kOnDemand, "ZIP", "x", Is::ours, 0}, Row{"nothing said", kOnDemand, "", "", Is::ours, 0},
        Row{"its type", kOnDemand, "SOX", "x", Is::ours, 4},
        Row{"its type under another's name", kOnDemand, "SOX", "Quarterly", Is::ours, 4},
        Row{"its name", kOnDemand, "PDF", "Sarbanes-Oxley", Is::ours, 2},
        Row{"its name for the type", kOnDemand, "Sarbanes-Oxley", "x", Is::ours, 4},
        Row{"its type and name", kOnDemand, "SOX", "Sarbanes-Oxley", Is::ours, 6},
        Row{"another documented type", kOnDemand, "PCI", "x", Is::anothers, 0},
        Row{"another type of the instance", kOnDemand, "OURS", "x", Is::anothers, 0},
        Row{"another's name", kOnDemand, "PDF", "Quarterly", Is::doubtful, 0},
        Row{"not said that it was made on demand", "", "PDF", "x", Is::doubtful, 0},
        Row{"of the service's own schedule", "AUDIT_REPORT_DAY", "SOX", "x", Is::anothers, 0}}) {
    cloud::Report report = listed();
    report.type = row.type;
    report.template_type = row.template_type;
    report.name = row.name;
    expect(row.is, row.signs, report, run(), row.what);
  }
}

TEST(Fits, AReportOfAnyTemplateWhereItsOwnIsNotKnownAndItWasSent) {
  journal::RunRecord asked = run();
  asked.template_type = asked.template_name = "";
  cloud::Report report = listed();
  expect(Is::ours, 0, report, asked, "a PDF");
  report.template_type = "PCI";
  expect(Is::ours, 0, report, asked, "a type, and it was sent");
  asked.state = journal::RunState::due;
  expect(Is::doubtful, 0, report, asked, "a type, and it was never sent");
}

TEST(Fits, AReportOfTheSameDatabases) {
  struct Row {
    const char* what;
    std::vector<std::string> asked, listed;
    Is is;
    int signs;
  };
  for (const Row& row :
       {Row{"in another order", {"d-1", "d-2"}, {"d-2", "d-1"}, Is::ours, 1},
        Row{"none said", {"d-1", "d-2"}, {}, Is::ours, 0},
        Row{"fewer", {"d-1", "d-2"}, {"d-2"}, Is::anothers, 0},
        Row{"one of them another", {"d-1", "d-2"}, {"d-1", "d-3"}, Is::anothers, 0},
        Row{"as many, others or by name", {"d-1", "d-2"}, {"orders", "billing"}, Is::doubtful, 0},
        Row{"all, none said", {}, {}, Is::ours, 1}, Row{"all, each said", {}, {"d-1"}, Is::ours, 0}}) {
    journal::RunRecord asked = run();
    asked.databases = row.asked;
    cloud::Report report = listed();
    report.databases = row.listed;
    expect(row.is, row.signs, report, asked, row.what);
  }
}

TEST(Fits, AReportThatWasNotFinishedBeforeItsWindowHadEnded) {
  using journal::RunState;
  struct Row {
    const char* what;
    const char* likely;
    const char* latest;
    RunState state;
    int attempts;
    Is is;
  };
  for (const Row& row :
       {Row{"after it", "2025-06-02T06:01:00Z", "2025-06-02T20:01:00Z", RunState::unknown, 1, Is::ours},
        Row{"before it in every zone", "2025-06-01T09:00:00Z", "2025-06-01T23:00:00Z", RunState::unknown, 1,
            Is::anothers},
        Row{"before it, unless in another zone", "2025-06-01T15:00:00Z", "2025-06-02T05:00:00Z",
            RunState::unknown, 1, Is::doubtful},
        Row{"by no more than clocks are apart", "2025-06-01T23:50:00Z", "2025-06-01T23:50:00Z",
            RunState::unknown, 1, Is::ours},
        Row{"before a call that was lost", "2025-06-02T03:00:00Z", "2025-06-02T17:00:00Z", RunState::unknown,
            1, Is::ours},
        Row{"before a call that was taken", "2025-06-02T03:00:00Z", "2025-06-02T17:00:00Z",
            RunState::accepted, 1, Is::doubtful},
        Row{"before the second call", "2025-06-02T03:00:00Z", "2025-06-02T17:00:00Z", RunState::accepted, 2,
            Is::ours}}) {
    journal::RunRecord asked = run();
    asked.state = row.state;
    asked.attempts = row.attempts;
    cloud::Report report = listed();
    report.finish = cloud::Finish{utc(row.likely), utc(row.latest)};
    expect(row.is, 0, report, asked, row.what);
  }
}

TEST(WordsOf, ARunThatWasNotSentAreThoseOfTheZoneOfTheWire) {
  schedule::ZoneDatabase zones;
  journal::RunRecord due = run();
  due.sent_begin = due.sent_end = "";
  const WindowWords words = words_of(due, *zones.find("Asia/Shanghai"));
  EXPECT_EQ(words.begin, "2025-06-01 08:00:00");
  EXPECT_EQ(words.end, "2025-06-02 08:00:00");
  EXPECT_EQ(words_of(run(), *zones.find("Asia/Shanghai")).begin, "2025-06-01 00:00:00") << "as it was sent";
  EXPECT_EQ(words_of(due, std::nullopt).begin, "");
}

TEST(Alike, AreRunsOfOneWindowOrOfOnesThatWereSentInTheSameWords) {
  journal::RunRecord other = run();
  EXPECT_TRUE(are_alike(run(), other));
  other.window.begin += Seconds{3600};
  EXPECT_TRUE(are_alike(run(), other)) << "clocks were set back in between";
  other.sent_begin = "2025-06-01 01:00:00";
  EXPECT_FALSE(are_alike(run(), other));
  journal::RunRecord due = run();
  due.sent_begin = due.sent_end = "";
  EXPECT_TRUE(are_alike(run(), due));
  journal::RunRecord later = due;
  later.window.end += Seconds{3600};
  EXPECT_FALSE(are_alike(due, later)) << "no words are no words in common";
}

}  // namespace
}  // namespace dbssd::planner
