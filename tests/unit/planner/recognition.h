// A cloud whose list says no more of our reports than is documented, and a test's hand in what it shows.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fakes/world.h"

namespace dbssd::test {

using Outcomes = std::vector<std::optional<journal::Outcome>>;

inline fakes::Fate lost_answer(bool takes_effect = true) {
  return {.takes_effect = takes_effect, .answer = Error{ErrorKind::outcome_unknown, "502", {}, {}, 502}};
}

/// One instance, whose reports over the previous day are due at 06:00 of the 2nd.
class PlannerRecognition : public testing::Test {
 protected:
  PlannerRecognition() {
    world.cloud.dialect.names_template = false;
    world.cloud.add("i-1", cloud::InstanceStatus::active);
    world.fate = [this](const planner::Call& call) {
      if (std::holds_alternative<planner::ListReports>(call))
        return is_list_down ? fakes::failing(ErrorKind::not_sent) : fakes::Fate{};
      const auto* create = std::get_if<planner::CreateReport>(&call);
      if (create == nullptr) return fakes::Fate{};
      const auto fate = fates.find(create->intent.key.report.str());
      if (fate == fates.end()) return fakes::Fate{};
      const fakes::Fate met = fate->second;
      fates.erase(fate);
      return met;
    };
  }

  policy::ReportRule& daily(const std::string& name, const std::string& template_id = "t-sox") {
    policy::ReportRule& rule = world.report(name, "0 6 * * *");
    rule.report_template.value = template_id;
    return rule;
  }
  /// Somebody else's, over the same day.
  fakes::FakeCloud::Made& make_report(const std::string& id) {
    cloud::Report report;
    report.id = ReportId(id);
    report.name = "by hand";
    report.type = "AUDIT_REPORT_REAL_TIME";
    report.template_type = "PDF";
    report.begin_words = "2025-06-01 00:00:00";
    report.end_words = "2025-06-02 00:00:00";
    report.start = *parse_utc("2025-06-01T00:00:00Z");
    report.end = *parse_utc("2025-06-02T00:00:00Z");
    world.cloud.reports.push_back({InstanceId("i-1"), TemplateId("t"), report, {}, {}, {}});
    return world.cloud.reports.back();
  }
  static cloud::Finish finish(const std::string& at) {
    return {*parse_utc(at), *parse_utc(at) + std::chrono::hours{14}};
  }
  void ask_by_hand(const std::string& report, const std::string& when) {
    const planner::Asked asked{{ReportName(report), InstanceId("i-1"), *parse_utc(when)},
                               {*parse_utc("2025-06-01T00:00:00Z"), *parse_utc("2025-06-02T00:00:00Z")}};
    world.lane->keep(planner::ask(world.lane->scope(), asked, world.clock.now(), world.lane->memory));
  }
  [[nodiscard]] journal::RunRecord run_of(const std::string& report) const {
    for (journal::RunRecord& run : world.runs())
      if (run.key.report.str() == report) return run;
    ADD_FAILURE() << "no run of " << report;
    return {};
  }
  void expect_each_has_its_own(std::size_t reports) const {
    EXPECT_EQ(world.cloud.reports.size(), reports);
    EXPECT_EQ(world.outcomes(), Outcomes(reports, journal::Outcome::finished));
    for (const journal::RunRecord& run : world.runs()) {
      const fakes::FakeCloud::Made* made = world.cloud.find(run.report_id);
      ASSERT_NE(made, nullptr) << run.key.report.str();
      EXPECT_EQ(made->template_id, run.template_id) << run.key.report.str();
    }
  }
  [[nodiscard]] std::string adopted() const {
    const auto said = world.said(telemetry::EventId::report_adopted);
    return said.size() == 1 ? said.front().reason : std::to_string(said.size()) + " times";
  }

  fakes::World world;
  std::map<std::string, fakes::Fate> fates;  ///< of the first create call of each report
  bool is_list_down = false;
};

}  // namespace dbssd::test
