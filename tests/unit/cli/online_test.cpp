#include "cli/online.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "fakes/fake_cloud.h"

namespace dbssd::cli {
namespace {

using cloud::InstanceStatus;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

policy::ReportRule report(const std::string& name, policy::TemplateRef::By by, const std::string& value) {
  return {.name = ReportName(name),
          .report_template = {by, value},
          .schedule = *schedule::Cron::parse("0 6 * * *")};
}
policy::StartRule start(const std::string& name, const std::string& pattern) {
  policy::StartRule rule;
  rule.name = name;
  rule.select.include.name = {pattern};
  return rule;
}

class Online : public testing::Test {
 protected:
  Online() {
    policy_.projects.emplace_back();
    policy_.projects[0].name = ProjectName("prod");
    policy_.projects[0].auth = policy::PasswordAuth{};
    policy_.summary.busi_types.clear();
    cloud_.add("a", InstanceStatus::active);
    cloud_.add("b", InstanceStatus::shutoff);
  }
  Asked look() { return ask(policy_, policy_.projects[0], cloud_, zones_); }

  fakes::FakeClock clock_{*parse_utc("2025-03-01T12:00:00Z")};
  fakes::FakeCloud cloud_{clock_};
  policy::Policy policy_;
  schedule::ZoneDatabase zones_;
};

TEST_F(Online, CountsWhatEachRuleSelects) {
  policy_.instances.start = {start("first", "name-b"), start("rest", "*")};
  policy_.reports = {report("sox", policy::TemplateRef::By::type, "SOX")};
  policy_.reports[0].select.include.name = {"name-a"};
  const Asked asked = look();
  EXPECT_EQ(asked.instances, (std::map<std::string, std::size_t>{{"ACTIVE", 1}, {"SHUTOFF", 1}}));
  EXPECT_THAT(asked.started_by, ElementsAre(1, 1)) << "an instance obeys the first rule alone";
  EXPECT_THAT(asked.reported_by, ElementsAre(1));
  EXPECT_THAT(asked.findings, IsEmpty());
  EXPECT_THAT(asked.warnings, IsEmpty());
}

TEST_F(Online, FindsRulesThatSelectNothingAnywhere) {
  policy_.instances.start = {start("lost", "nowhere-*"), start("kept", "*")};
  policy_.reports = {report("lost", policy::TemplateRef::By::type, "SOX")};
  policy_.reports[0].select.include.name = {"nowhere"};
  Asked other = look();
  EXPECT_THAT(idle_rules(policy_, {other, look()}),
              ElementsAre("start lost: selects no instance", "report lost: selects no instance"));
  Asked busy = look();
  busy.reported_by = {1};
  EXPECT_THAT(idle_rules(policy_, {other, busy}), ElementsAre("start lost: selects no instance"));
  other.error = "gone";
  EXPECT_THAT(idle_rules(policy_, {other, busy}), IsEmpty()) << "it may be what the rule is for";
}

TEST_F(Online, FindsTemplatesThatAnInstanceDoesNotHave) {
  using By = policy::TemplateRef::By;
  policy_.reports = {report("by-type", By::type, "GDPR"), report("by-id", By::id, "t-gone"),
                     report("by-name", By::name, "Nothing"), report("well", By::id, "t-pci")};
  EXPECT_THAT(look().findings,
              testing::UnorderedElementsAre(
                  "report by-type: the instance has no template of type GDPR: name-a, name-b",
                  "report by-id: the instance has no template of id t-gone: name-a, name-b",
                  "report by-name: the instance has no template of name Nothing: name-a, name-b"));
}

TEST_F(Online, SaysOfATemplateThatACutListDoesNotHaveThatItMayBeThere) {
  policy_.reports = {report("by-id", policy::TemplateRef::By::id, "t-gone"),
                     report("by-name", policy::TemplateRef::By::name, "Nothing")};
  cloud_.templates_doubt = "2 of 3 templates were listed";
  EXPECT_THAT(look().findings,
              testing::UnorderedElementsAre(
                  "report by-id: the template of id t-gone is not listed, and may be there: 2 of 3 templates "
                  "were listed: name-a, name-b",
                  "report by-name: the template of name Nothing is not listed, and may be there: 2 of 3 "
                  "templates were listed: name-a, name-b"));
}

TEST_F(Online, NamesAFewOfManyInstances) {
  for (const char* id : {"c", "d", "e", "f", "g"}) cloud_.add(id, InstanceStatus::active);
  policy_.reports = {report("r", policy::TemplateRef::By::type, "GDPR")};
  EXPECT_THAT(look().findings, ElementsAre("report r: the instance has no template of type GDPR: name-a, "
                                           "name-b, name-c, name-d, name-e and 2 more"));
}

TEST_F(Online, WarnsWhereTheServiceMakesTheSameReportByItself) {
  policy_.reports = {report("sox", policy::TemplateRef::By::type, "SOX"),
                     report("pci", policy::TemplateRef::By::type, "PCI")};
  cloud_.machine("a").native[TemplateId("t-sox")] = "DAY";
  const Asked asked = look();
  EXPECT_THAT(asked.findings, IsEmpty());
  EXPECT_THAT(
      asked.warnings,
      ElementsAre("report sox: the service makes this report by a schedule of its own as well, by DAY: "
                  "name-a"));
}

TEST_F(Online, FindsWhatIsNotPermittedAndWarnsOfWhatFails) {
  policy_.summary.busi_types = {cloud::BusiType::audit};
  policy_.reports = {report("sox", policy::TemplateRef::By::type, "SOX")};
  Error denied;
  denied.kind = ErrorKind::rejected;
  denied.http_status = 403;
  denied.message = "HTTP 403 APIGW.0302";
  cloud_.refusals["list_templates"] = denied;
  const Asked asked = look();
  EXPECT_THAT(asked.findings,
              ElementsAre("not permitted: the templates cannot be listed: HTTP 403 APIGW.0302: "
                          "name-a, name-b"));
  EXPECT_THAT(asked.warnings,
              ElementsAre(HasSubstr("the summary task audit cannot be read: no summary task")));
  cloud_.refusals["list_templates"].http_status = 500;
  EXPECT_THAT(look().findings, IsEmpty());
}

TEST_F(Online, SaysWhyAProjectDidNotAnswer) {
  cloud_.refusals["list_instances"].message = "no way";
  const Asked asked = look();
  EXPECT_EQ(asked.error, "no way");
  std::ostringstream out;
  std::ostringstream err;
  print(asked, policy_, out, err);
  EXPECT_EQ(out.str(), "");
  EXPECT_EQ(err.str(), "project prod: no way\n");
}

TEST_F(Online, ComparesTheClocks) {
  const auto with_clock = [this](Seconds ahead) {
    cloud_.clock_ahead = ahead;
    const Asked asked = look();
    EXPECT_LE(asked.findings.size() + asked.warnings.size(), 1U);
    if (!asked.findings.empty()) return "finding: " + asked.findings[0];
    return asked.warnings.empty() ? std::string() : asked.warnings[0];
  };
  EXPECT_EQ(with_clock(Seconds{60}), "");
  EXPECT_EQ(with_clock(Seconds{-61}), "this host's clock is 1m1s ahead of the service's");
  EXPECT_EQ(with_clock(Seconds{1000}), "this host's clock is 16m40s behind the service's");
  policy_.projects[0].auth = policy::AkskAuth{};
  EXPECT_EQ(with_clock(Seconds{900}), "this host's clock is 15m behind the service's");
  EXPECT_EQ(
      with_clock(Seconds{901}),
      "finding: this host's clock is 15m1s behind the service's: signatures that are 15m off are refused");
}

TEST_F(Online, PrintsAndWritesTheSame) {
  policy_.instances.start = {start("keep", "*")};
  policy_.reports = {report("sox", policy::TemplateRef::By::type, "GDPR")};
  cloud_.clock_ahead = Seconds{90};
  const Asked asked = look();
  std::ostringstream out;
  std::ostringstream err;
  print(asked, policy_, out, err);
  EXPECT_EQ(out.str(),
            "project prod: 2 instances: 1 ACTIVE, 1 SHUTOFF\n  start keep: 2 instances\n  report sox: 2 "
            "instances\n");
  EXPECT_THAT(err.str(), AllOf(HasSubstr("project prod: error: report sox: the instance has no template"),
                               HasSubstr("project prod: warning: this host's clock is 1m30s behind")));
  const auto document = to_json(asked, policy_);
  EXPECT_EQ(document["selected"]["start keep"], 2);
  EXPECT_EQ(document["selected"]["report sox"], 2);
  EXPECT_EQ(document["findings"].size(), 1U);
  EXPECT_EQ(document["warnings"].size(), 1U);
  EXPECT_EQ(document["clock_ahead_s"], 90);
}

TEST_F(Online, ComparesTheInstancesOwnTimeZonesWithThatOfThePolicy) {
  struct Row {
    const char* own;
    const char* configured;
    bool is_suspect;
  };
  for (const Row& row :
       {Row{"", "UTC", false}, Row{"UTC", "UTC", false}, Row{"Asia/Shanghai", "UTC", true},
        Row{"GMT+08:00", "UTC", true}, Row{"GMT+08:00", "Asia/Shanghai", false},
        Row{"+0800", "Etc/GMT-8", false}, Row{"480", "UTC", true}, Row{"local", "UTC", false}}) {
    cloud_.machine("a").seen.timezone = row.own;
    policy_.projects[0].api_time_zone = row.configured;
    const Asked asked = look();
    EXPECT_EQ(!asked.warnings.empty(), row.is_suspect) << row.own << " beside " << row.configured;
    if (!row.is_suspect) continue;
    EXPECT_THAT(asked.warnings[0], AllOf(HasSubstr("time_zone_suspect: "), HasSubstr("UTC+08:00"),
                                         HasSubstr("set api_time_zone: Etc/GMT-8"), HasSubstr("name-a")));
  }
}

TEST_F(Online, AFinishTimeThatIsStillToComeIsOfAnotherTimeZone) {
  policy_.reports = {report("sox", policy::TemplateRef::By::type, "SOX")};
  policy_.reports[0].select.include.name = {"name-a"};
  ASSERT_TRUE(cloud_.create_report(InstanceId("a"),
                                   {TemplateId("t-sox"), "2025-08-20 16:00:00", "2025-08-21 16:00:00", {}}));
  cloud_.finish_shift = std::chrono::hours{8};
  clock_.advance(std::chrono::minutes{30});
  const Asked asked = look();
  ASSERT_EQ(asked.warnings.size(), 1U);
  EXPECT_THAT(asked.warnings[0], AllOf(HasSubstr("time_zone_suspect: "), HasSubstr("fits UTC+07:30")));
  cloud_.finish_shift = Seconds{0};
  EXPECT_THAT(look().warnings, IsEmpty());
}

}  // namespace
}  // namespace dbssd::cli
