#include <gtest/gtest.h>

#include "unit/policy/reading.h"

namespace dbssd::policy {
namespace {

using namespace std::chrono_literals;
using schedule::WindowRule;
using std::chrono::days;

const std::string kDaily = kBase + kReport + "    schedule: \"0 6 * * *\"\n";  // further keys: from line 7

ReportRule report_of(const std::string& yaml) { return clean(yaml).reports.at(0); }

TEST(ReportRule, HasTheDefaultsOfTheManual) {
  const ReportRule rule = report_of(kDaily);
  EXPECT_EQ(rule.name, ReportName("r"));
  EXPECT_EQ(rule.time_zone, "UTC");
  EXPECT_EQ(rule.window, WindowRule{});
  EXPECT_EQ(rule.select, Select{});
  EXPECT_TRUE(rule.databases.empty());
  EXPECT_EQ(rule.when_inactive, WhenInactive::wait);
  EXPECT_EQ(rule.on_unknown, OnUnknown::retry);
  EXPECT_EQ(rule.after_summary, std::nullopt);
  EXPECT_EQ(rule.missed, schedule::MissedPolicy::latest);
  EXPECT_EQ(rule.deadline, 6h);
  EXPECT_EQ(rule.spread, 10min);
  EXPECT_EQ(rule.finish_within, 2h);
  EXPECT_EQ(rule.archive, std::nullopt);
}

TEST(ReportRule, IsReadWithAllItsKeys) {
  const ReportRule rule = report_of(kBase +
                                    "reports:\n"
                                    "  - name: daily-sox\n"
                                    "    template: {id: t8g7LJgBTpKZyZbbeTgS}\n"
                                    "    schedule: 30 6 * * MON-FRI\n"
                                    "    time_zone: Europe/Berlin\n"
                                    "    window: since_previous\n"
                                    "    select: {id: [i]}\n"
                                    "    databases: [d1, d2]\n"
                                    "    when_inactive: skip\n"
                                    "    on_unknown: accept\n"
                                    "    after_summary: risk\n"
                                    "    missed: merge\n"
                                    "    deadline: 2d\n"
                                    "    spread: 0s\n"
                                    "    finish_within: 1h\n"
                                    "    archive: {directory: /srv/reports, locale: zh-cn, keep: 90d}\n");
  EXPECT_EQ(rule.name, ReportName("daily-sox"));
  EXPECT_EQ(rule.report_template, (TemplateRef{TemplateRef::By::id, "t8g7LJgBTpKZyZbbeTgS"}));
  EXPECT_EQ(rule.schedule, schedule::Cron::parse("30 6 * * 1-5").value());
  EXPECT_EQ(rule.time_zone, "Europe/Berlin");
  EXPECT_EQ(rule.window.kind, WindowRule::Kind::since_previous);
  EXPECT_EQ(rule.select.include.id, std::vector<std::string>{"i"});
  EXPECT_EQ(rule.databases, (std::vector<std::string>{"d1", "d2"}));
  EXPECT_EQ(rule.when_inactive, WhenInactive::skip);
  EXPECT_EQ(rule.on_unknown, OnUnknown::accept);
  EXPECT_EQ(rule.after_summary, cloud::BusiType::risk);
  EXPECT_EQ(rule.missed, schedule::MissedPolicy::merge);
  EXPECT_EQ(rule.deadline, days{2});
  EXPECT_EQ(rule.spread, 0s);
  EXPECT_EQ(rule.finish_within, 1h);
  EXPECT_EQ(rule.archive, (Archive{"/srv/reports", "zh-cn", days{90}}));
}

TEST(ReportRule, TakesThePolicysZoneWhereItNamesNone) {
  const std::string with_zone = "time_zone: Asia/Shanghai\n" + kDaily;
  EXPECT_EQ(report_of(with_zone).time_zone, "Asia/Shanghai");
  EXPECT_EQ(report_of(kDaily + "time_zone: Asia/Tokyo\n").time_zone, "Asia/Tokyo") << "wherever it stands";
  EXPECT_EQ(report_of(with_zone + "    time_zone: UTC\n").time_zone, "UTC");
}

TEST(ReportRule, ReadsEveryWordOfItsChoices) {
  const auto window = [](std::string_view word) {
    // Monthly and weekly windows tile with schedules of their own period alone.
    return read(kBase + kReport + "    schedule: \"0 6 * * *\"\n    window: " + std::string(word) + "\n")
        .policy->reports.at(0)
        .window;
  };
  EXPECT_EQ(window("previous_day").kind, WindowRule::Kind::previous_day);
  EXPECT_EQ(window("previous_week").kind, WindowRule::Kind::previous_week);
  EXPECT_EQ(window("previous_month").kind, WindowRule::Kind::previous_month);
  EXPECT_EQ(window("since_previous").kind, WindowRule::Kind::since_previous);
  EXPECT_EQ(window("{last: 24h}"), (WindowRule{WindowRule::Kind::last, 24h}));
  EXPECT_EQ(report_of(kDaily + "    missed: all\n    deadline: 2d\n").missed, schedule::MissedPolicy::all);
  EXPECT_EQ(report_of(kDaily + "    missed: skip\n").missed, schedule::MissedPolicy::skip);
  EXPECT_EQ(report_of(kDaily + "    missed: latest\n").missed, schedule::MissedPolicy::latest);
  EXPECT_EQ(report_of(kDaily + "    after_summary: audit\n").after_summary, cloud::BusiType::audit);
  EXPECT_EQ(report_of(kDaily + "    after_summary: none\n").after_summary, std::nullopt);
  EXPECT_EQ(report_of(kDaily + "    when_inactive: wait\n").when_inactive, WhenInactive::wait);
}

TEST(Template, IsNamedByIdTypeOrName) {
  const auto by = [](std::string_view text) {
    return report_of(kBase + "reports: [{name: r, schedule: \"@daily\", template: " + std::string(text) +
                     "}]\n")
        .report_template;
  };
  EXPECT_EQ(by("{id: t8}"), (TemplateRef{TemplateRef::By::id, "t8"}));
  EXPECT_EQ(by("{type: SOX}"), (TemplateRef{TemplateRef::By::type, "SOX"}));
  EXPECT_EQ(by("{name: SOX compliance report}"),
            (TemplateRef{TemplateRef::By::name, "SOX compliance report"}));
}

TEST(ReportRule, IsHeldToItsForm) {
  const auto with_template = [](std::string_view text) {
    return kBase + "reports: [{name: r, schedule: \"@daily\", template: " + std::string(text) + "}]\n";
  };
  expect_findings({
      {"nothing but itself",
       kBase + "reports: [{}]\n",
       {"3:11: error: reports[0].name: is required", "3:11: error: reports[0].template: is required",
        "3:11: error: reports[0].schedule: is required"}},
      {"one name twice",
       kDaily + "  - {name: r, template: {type: SOX}, schedule: \"@daily\"}\n",
       {"7:12: error: reports[1].name: is taken already, by reports[0].name"}},
      {"a template without a name",
       with_template("SOX"),
       {"3:51: error: reports[0].template: must be {id: …}, {type: …} or {name: …}, not text"}},
      {"an empty template",
       with_template("{}"),
       {"3:51: error: reports[0].template: must have one of the keys id, type or name"}},
      {"two templates",
       with_template("{id: a, name: b}"),
       {"3:65: error: reports[0].template.name: only one of id, type or name can be given"}},
      {"a template id with a slash",
       with_template("{id: a/b}"),
       {"3:56: error: reports[0].template.id: must be an id: 1 to 64 letters, digits, '-' or '_'"}},
      {"a window that is none",
       kDaily + "    window: yesterday\n",
       {"7:13: error: reports[0].window: must be previous_day, previous_week, previous_month, "
        "since_previous or {last: DURATION}"}},
      {"a slip in a window",
       kDaily + "    window: previus_day\n",
       {"7:13: error: reports[0].window: must be previous_day, previous_week, previous_month, "
        "since_previous or {last: DURATION}, did you mean 'previous_day'?"}},
      {"a window that is a list",
       kDaily + "    window: [last]\n",
       {"7:13: error: reports[0].window: must be previous_day, previous_week, previous_month, since_previous "
        "or {last: "
        "DURATION}, not a list"}},
      {"a window without its length",
       kDaily + "    window: {}\n",
       {"7:13: error: reports[0].window.last: is required"}},
      {"a window of no length",
       kDaily + "    window: {last: 0s}\n",
       {"7:20: error: reports[0].window.last: must be between 1s and 366d"}},
      {"words that are none",
       kDaily + "    missed: none\n    when_inactive: Wait\n    after_summary: risks\n",
       {"7:13: error: reports[0].missed: must be latest, all, merge or skip",
        "8:20: error: reports[0].when_inactive: must be wait or skip, did you mean 'wait'?",
        "9:20: error: reports[0].after_summary: must be none, audit or risk, did you mean 'risk'?"}},
      {"out of range",
       kDaily + "    deadline: 367d\n    spread: 25h\n    finish_within: 8d\n",
       {"7:15: error: reports[0].deadline: must be between 1s and 366d",
        "8:13: error: reports[0].spread: must be between 0s and 1d",
        "9:20: error: reports[0].finish_within: must be between 1s and 7d"}},
      {"a database twice",
       kDaily + "    databases: [a, a]\n",
       {"7:20: error: reports[0].databases[1]: is in the list already"}},
      {"an archive without a place",
       kDaily + "    archive: {locale: de}\n",
       {"7:14: error: reports[0].archive.directory: is required",
        "7:23: error: reports[0].archive.locale: must be en-us or zh-cn"}},
      {"an archive of a day's half",
       kDaily + "    archive: {directory: reports, keep: 12h}\n",
       {"7:26: error: reports[0].archive.directory: must be an absolute path",
        "7:41: error: reports[0].archive.keep: must be between 1d and 36500d"}},
      {"an unknown zone",
       kDaily + "    time_zone: Europe/Berln\n",
       {"7:16: error: reports[0].time_zone: there is no time zone 'Europe/Berln' in /usr/share/zoneinfo; did "
        "you mean "
        "Europe/Berlin?"}},
  });
}

TEST(Spread, MustLeaveTimeBeforeTheDeadline) {
  expect_findings({
      {"as long as the deadline",
       kDaily + "    deadline: 1h\n    spread: 1h\n",
       {"7:15: error: reports[0].deadline: leaves no time: the deadline (1h) must be longer than the spread "
        "(1h)"}},
      {"the default's",
       kDaily + "    deadline: 5m\n",
       {"7:15: error: reports[0].deadline: leaves no time: the deadline (5m) must be longer than the spread "
        "(10m)"}},
      {"longer than the default deadline",
       kDaily + "    spread: 7h\n",
       {"7:13: error: reports[0].spread: leaves no time: the deadline (6h) must be longer than the spread "
        "(7h)"}},
      {"a second less", kDaily + "    deadline: 10m1s\n", {}},
  });
}

TEST(AfterSummary, NeedsASummaryThatIsWatched) {
  expect_findings({
      {"not watched",
       kDaily + "    after_summary: risk\nsummary: {busi_types: [audit]}\n",
       {"7:20: error: reports[0].after_summary: waits for a summary that nobody watches: add risk to "
        "summary.busi_types"}},
      {"watched", kDaily + "    after_summary: audit\nsummary: {busi_types: [audit]}\n", {}},
  });
}

TEST(Tiling, IsWarnedOfWithTheAmountAndThePlace) {
  expect_findings({
      {"a gap",
       kDaily + "    window: {last: 23h}\n",
       {"7:13: warning: reports[0].window: leaves gaps between the windows of consecutive reports: 1h at "
        "2025-03-01T06:00:00Z, the first of 400 such places ahead; windows of since_previous always meet "
        "[window-gaps]"}},
      {"an overlap",
       kDaily + "    window: {last: 25h}\n",
       {"7:13: warning: reports[0].window: makes the windows of consecutive reports overlap: 1h at "
        "2025-03-01T05:00:00Z, the first of 400 such places ahead; windows of since_previous always meet "
        "[window-overlaps]"}},
      {"both, by daylight saving time",
       kDaily + "    window: {last: 24h}\n    time_zone: Europe/Berlin\n",
       {"7:13: warning: reports[0].window: leaves gaps between the windows of consecutive reports: 1h at "
        "2025-10-25T04:00:00Z; windows of since_previous always meet [window-gaps]",
        "7:13: warning: reports[0].window: makes the windows of consecutive reports overlap: 1h at "
        "2025-03-29T04:00:00Z, the first of 2 such places ahead; windows of since_previous always meet "
        "[window-overlaps]"}},
      {"a default window, at the schedule",
       kBase + kReport + "    schedule: \"0 6 * * 1\"\n",
       {"6:15: warning: reports[0].schedule: leaves gaps between the windows of consecutive reports: 6d at "
        "2025-03-03T00:00:00Z, the first of 57 such places ahead; windows of since_previous always meet "
        "[window-gaps]"}},
      {"none", kDaily + "    window: {last: 24h}\n", {}},
      {"none, by definition", kDaily + "    window: since_previous\n", {}},
  });
}

TEST(Tiling, SaysTheLargestAmountWhereItIsNotTheFirst) {
  expect_findings(
      {{"thirty days of months",
        kBase + kReport + "    schedule: \"0 0 1 * *\"\n    window: {last: 28d}\n",
        {"7:13: warning: reports[0].window: leaves gaps between the windows of consecutive reports: 2d at "
         "2025-04-01T00:00:00Z, the first of 23 such places ahead, the largest of 3d; windows of "
         "since_previous always meet [window-gaps]"}}});
}

TEST(Tiling, IsLookedAtForAHundredCombinationsAndForTheirRepetitions) {
  std::string yaml = kBase + "reports:\n";
  const auto add = [&yaml](const std::string& name, int minutes) {
    yaml += "- {name: " + name +
            ", template: {type: SOX}, schedule: \"0 6 * * *\", window: {last: " + std::to_string(minutes) +
            "m}, databases: [d" + name + "]}\n";
  };
  for (int i = 0; i < 120; ++i) add("a" + std::to_string(i), 1000 + i);
  for (int i = 0; i < 7; ++i) add("b" + std::to_string(i), 1000);
  EXPECT_EQ(lines_of(yaml).size(), 107U);
}

TEST(Tiling, IsNotLookedAtWhereItsPartsAreWrong) {
  EXPECT_EQ(lines_of(kDaily + "    window: {last: 23h}\n    time_zone: Nowhere/AtAll\n").size(), 1U);
  EXPECT_EQ(lines_of(kBase + kReport + "    schedule: nonsense\n    window: {last: 23h}\n").size(), 1U);
}

}  // namespace
}  // namespace dbssd::policy
