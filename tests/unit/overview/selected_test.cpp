// Instances that nothing of ours can mend, by whether a rule selects them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "fakes/journal_samples.h"
#include "overview/selected.h"

namespace dbssd::overview {
namespace {

using cloud::InstanceStatus;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const Instant kNow = fakes::at(100'000'000);

journal::InstanceRecord instance_of(InstanceStatus status) {
  journal::InstanceRecord record = fakes::instance("i-1");
  record.status = status;
  record.effect.reset();
  record.vanished = false;
  record.vanished_at.reset();
  return record;
}

journal::InstanceRecord vanished(std::optional<Instant> when) {
  journal::InstanceRecord record = instance_of(InstanceStatus::active);
  record.vanished = true;
  record.vanished_at = when;
  return record;
}

policy::Policy starting(const std::string& name) {
  policy::StartRule rule;
  rule.name = "keep-running";
  rule.select.include.name = {name};
  policy::Policy policy;
  policy.instances.start.push_back(std::move(rule));
  return policy;
}

policy::Policy reporting(const std::string& name) {
  policy::ReportRule rule{.schedule = schedule::Cron::parse("@daily").value()};
  rule.name = ReportName("daily-sox");
  rule.select.include.name = {name};
  policy::Policy policy;
  policy.reports.push_back(std::move(rule));
  return policy;
}

ProjectOverview look_at(const policy::Policy& policy, const journal::InstanceRecord& instance) {
  ProjectOverview project{.name = ProjectName("prod")};
  add_selected(project, policy, {instance}, kNow);
  return project;
}

struct Row {
  InstanceStatus status;
  std::optional<int> effect;
  const char* what;  ///< empty: nothing is wrong
};

class SelectedInstance : public testing::TestWithParam<Row> {};

TEST_P(SelectedInstance, IsWrongByItsStatus) {
  const auto& [status, effect, what] = GetParam();
  journal::InstanceRecord instance = instance_of(status);
  instance.effect = effect;
  for (const auto& [policy, rule] : {std::pair(starting("name-of-*"), "start rule keep-running"),
                                     std::pair(reporting("name-of-*"), "report daily-sox")}) {
    const ProjectOverview project = look_at(policy, instance);
    EXPECT_THAT(project.not_selected, IsEmpty());
    if (*what == '\0') {
      EXPECT_THAT(project.wrong, IsEmpty());
      continue;
    }
    ASSERT_THAT(project.wrong, SizeIs(1));
    EXPECT_EQ(project.wrong[0].what, what);
    EXPECT_EQ(project.wrong[0].since, instance.changed_at);
    EXPECT_THAT(project.wrong[0].reason, HasSubstr(rule));
    EXPECT_THAT(project.wrong[0].reason, HasSubstr(std::string(to_string(status))));
  }
}

TEST_P(SelectedInstance, IsOnlyNotedWhereNoRuleSelectsIt) {
  const auto& [status, effect, what] = GetParam();
  journal::InstanceRecord instance = instance_of(status);
  instance.effect = effect;
  const ProjectOverview project = look_at(starting("another"), instance);
  EXPECT_THAT(project.wrong, IsEmpty());
  EXPECT_THAT(project.not_selected, SizeIs(*what == '\0' ? 0 : 1));
}

INSTANTIATE_TEST_SUITE_P(
    OfStatus, SelectedInstance,
    testing::Values(Row{InstanceStatus::active, {}, ""}, Row{InstanceStatus::active, 2, ""},  // it records
                    Row{InstanceStatus::shutoff, {}, ""}, Row{InstanceStatus::shutoff, 0, ""},
                    Row{InstanceStatus::shutoff, 2, "frozen"}, Row{InstanceStatus::build, {}, ""},
                    Row{InstanceStatus::hawait, {}, ""}, Row{InstanceStatus::upgrading, {}, ""},
                    Row{InstanceStatus::frozen, {}, "frozen"}, Row{InstanceStatus::error, {}, "in error"},
                    Row{InstanceStatus::deleting, {}, "deleted"}, Row{InstanceStatus::deleted, {}, "deleted"},
                    Row{InstanceStatus::unknown, {}, "status unknown"}));

TEST(VanishedInstance, IsWrongForAMonthWhereARuleSelectsIt) {
  const auto policy = reporting("*");
  ASSERT_THAT(look_at(policy, vanished(kNow)).wrong, SizeIs(1));
  EXPECT_EQ(look_at(policy, vanished(kNow)).wrong[0].what, "vanished");
  const Instant long_ago = kNow - std::chrono::days{31};
  EXPECT_EQ(look_at(policy, vanished(long_ago + Seconds{1})).wrong.at(0).since, long_ago + Seconds{1});
  EXPECT_THAT(look_at(policy, vanished(long_ago)).wrong, IsEmpty());
}

TEST(VanishedInstance, OfAnOlderJournalIsAsOldAsItsLastChange) {
  journal::InstanceRecord instance = vanished({});
  EXPECT_THAT(look_at(reporting("*"), instance).wrong, IsEmpty());
  instance.changed_at = kNow - std::chrono::days{1};
  EXPECT_THAT(look_at(reporting("*"), instance).wrong, SizeIs(1));
}

TEST(VanishedInstance, ThatNoRuleSelectsIsNoMoreThanCounted) {
  const ProjectOverview project = look_at(reporting("another"), vanished(kNow));
  EXPECT_THAT(project.wrong, IsEmpty());
  EXPECT_THAT(project.not_selected, IsEmpty());
}

}  // namespace
}  // namespace dbssd::overview
