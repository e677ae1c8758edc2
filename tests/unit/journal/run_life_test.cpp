#include "journal/run_life.h"

#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <string>
#include <vector>

namespace dbssd::journal {
namespace {

std::string step(RunState from, RunState to) {
  return std::string(to_string(from)) + " -> " + std::string(to_string(to));
}

TEST(RunLife, IsTheOneThatTheManualDraws) {
  std::vector<std::string> documented;
  std::ifstream page(DBSSD_SOURCE_DIR "/docs/architecture.md");
  ASSERT_TRUE(page);
  const std::regex row(R"(\| `([a-z]+)` \| `([a-z]+)` \|)");
  std::smatch cells;
  for (std::string line; std::getline(page, line);)
    if (std::regex_match(line, cells, row)) documented.push_back(cells.str(1) + " -> " + cells.str(2));
  std::vector<std::string> allowed;
  for (const Transition& transition : kTransitions) allowed.push_back(step(transition.from, transition.to));
  EXPECT_EQ(documented, allowed);
}

TEST(RunLife, EndsWithAnOutcome) {
  for (const Transition& transition : kTransitions)
    EXPECT_NE(transition.from, RunState::settled) << step(transition.from, transition.to);
}

TEST(RunLife, NeverSendsAgainWhatMayHaveBeenSent) {
  EXPECT_FALSE(may_follow(RunState::unknown, RunState::submitting));
  EXPECT_FALSE(may_follow(RunState::accepted, RunState::due));
  EXPECT_FALSE(may_begin_as(RunState::submitting));
}

}  // namespace
}  // namespace dbssd::journal
