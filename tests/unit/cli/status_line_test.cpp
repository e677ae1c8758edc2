#include "cli/status_line.h"

#include <gtest/gtest.h>

namespace dbssd::cli {
namespace {

using engine::ProjectStandings;

class StatusLineTest : public testing::Test {
 protected:
  const Instant t_ = *parse_utc("2026-03-29T18:00:00Z");
  const policy::Policy policy_{};
};

TEST_F(StatusLineTest, SumsUpWhatIsKept) {
  EXPECT_EQ(status_line(policy_, {}, false), "no projects, no start rules, no reports");
  const ProjectStandings projects{{ProjectName("a"), {.listed = true, .instances = 3, .open_runs = 1}},
                                  {ProjectName("b"), {.listed = true, .instances = 4}}};
  EXPECT_EQ(status_line(policy_, projects, false),
            "no projects, no start rules, no reports; 7 instances; 1 report under way");
}

TEST_F(StatusLineTest, DoesNotCountWhatIsNotKnownYet) {
  EXPECT_EQ(status_line(policy_, {{ProjectName("a"), {}}}, false),
            "no projects, no start rules, no reports; 1 project not listed yet");
  EXPECT_EQ(status_line(policy_, {{ProjectName("a"), {}}, {ProjectName("b"), {.listed = true}}}, false),
            "no projects, no start rules, no reports; no instances; 1 project not listed yet");
}

TEST_F(StatusLineTest, SaysThatThePolicyFileIsRefused) {
  EXPECT_TRUE(status_line(policy_, {}, true).ends_with("; the policy file is refused"));
}

TEST_F(StatusLineTest, NamesWhoFailsSinceWhenAndWhy) {
  EXPECT_TRUE(
      status_line(policy_,
                  {{ProjectName("a"), {}}, {ProjectName("b"), {.failing_since = t_, .failure = "503"}}},
                  false)
          .ends_with("; b has failed since 2026-03-29T18:00:00Z: 503"));
}

TEST_F(StatusLineTest, NamesTheOneThatHasFailedForLongest) {
  const ProjectStandings projects{
      {ProjectName("a"), {.failing_since = t_ + Seconds{2}, .failure = "late"}},
      {ProjectName("b"), {.failing_since = t_, .failure = "first"}},
      {ProjectName("c"), {.failing_since = t_ + Seconds{1}, .failure = "between"}}};
  EXPECT_TRUE(status_line(policy_, projects, false)
                  .ends_with("; b and 2 others have failed since 2026-03-29T18:00:00Z: first"));
}

}  // namespace
}  // namespace dbssd::cli
