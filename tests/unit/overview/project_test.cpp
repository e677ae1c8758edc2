// One project, as people and programs are told of it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "fakes/journal_samples.h"
#include "overview/json.h"

namespace dbssd::overview {
namespace {

using fakes::at;

journal::Remembered remembered(journal::ProjectRecord project) {
  journal::Remembered all;
  all.project = std::move(project);
  return all;
}

nlohmann::ordered_json json_of(const journal::Remembered& all) {
  Overview overview;
  overview.projects = {overview_of(ProjectName("prod"), all, at(60))};
  return to_json(overview)["projects"][0];
}

bool is_well_with(const journal::Remembered& all) {
  Overview overview;
  overview.projects = {overview_of(ProjectName("prod"), all, at(60))};
  return is_well(overview);
}

TEST(ProjectOverview, SaysNothingOfAProjectThatWasNeverAsked) {
  const auto json = json_of({});
  EXPECT_TRUE(json.at("reachable").is_null());
  EXPECT_TRUE(json.at("answered").is_null());
  EXPECT_TRUE(json.at("failing_since").is_null());
  EXPECT_EQ(json.at("failure"), "");
  EXPECT_TRUE(json.at("token").is_null());
  EXPECT_TRUE(is_well_with({}));
}

TEST(ProjectOverview, SaysWhenAProjectAnsweredLast) {
  journal::ProjectRecord answering;
  answering.answered_at = at(51);
  const auto all = remembered(answering);
  const auto json = json_of(all);
  EXPECT_EQ(json.at("reachable"), true);
  EXPECT_EQ(json.at("answered"), "2025-03-09T07:00:51Z");
  EXPECT_TRUE(is_well_with(all));
}

TEST(ProjectOverview, CallsAProjectWhoseClockIsHeldNotWellAndSaysWhy) {
  journal::ProjectRecord held;
  held.answered_at = at(51);
  held.clock_hold = "this host's clock is 2d ahead of the service's";
  const auto all = remembered(held);
  const auto wrong = json_of(all).at("wrong");
  ASSERT_EQ(wrong.size(), 1U);
  EXPECT_EQ(wrong[0].at("what"), "clock held");
  EXPECT_EQ(wrong[0].at("reason"), held.clock_hold);
  EXPECT_FALSE(is_well_with(all));
}

TEST(ProjectOverview, CallsAFailingProjectNotWellAndSaysSinceWhenAndWhy) {
  const auto all = remembered(fakes::project());
  const auto json = json_of(all);
  EXPECT_EQ(json.at("reachable"), false);
  EXPECT_EQ(json.at("failing_since"), "2025-03-09T07:00:52Z");
  EXPECT_EQ(json.at("failure"), "IAM does not answer");
  EXPECT_FALSE(is_well_with(all));
}

TEST(ProjectOverview, SaysHowLongATokenLives) {
  const auto json = json_of(remembered(fakes::project()));
  EXPECT_EQ(json.at("token").at("issued"), "2025-03-09T07:00:53Z");
  EXPECT_EQ(json.at("token").at("expires"), "2025-03-09T07:00:54Z");
}

}  // namespace
}  // namespace dbssd::overview
