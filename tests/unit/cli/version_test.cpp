#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/command.h"

namespace dbssd::cli {
namespace {

std::string printed(Output output) {
  std::ostringstream out, err;
  EXPECT_EQ(version({output}, {out, err}), kWell);
  EXPECT_EQ(err.str(), "");
  return out.str();
}

TEST(Version, NamesTheProductTheCompilerAndTheZoneData) {
  const auto document = nlohmann::json::parse(printed(Output::json));
  EXPECT_THAT(document.at("dbssd").get<std::string>(), testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
  EXPECT_THAT(document.at("tzdata").get<std::string>(), testing::MatchesRegex("20[0-9][0-9][a-z]+"));
  EXPECT_THAT(document.at("compiler").get<std::string>(), testing::MatchesRegex("[A-Za-z]+ [0-9.]+"));
}

TEST(Version, KnowsTheVersionOfEveryLibrary) {
  const auto document = nlohmann::json::parse(printed(Output::json));
  for (const auto& [name, number] : document.items()) {
    EXPECT_THAT(number.get<std::string>(), testing::ContainsRegex("[0-9]")) << name;
  }
}

TEST(Version, PrintsOneAlignedLineForEachAsText) {
  std::istringstream lines(printed(Output::text));
  std::string first;
  std::getline(lines, first);
  EXPECT_THAT(first, testing::MatchesRegex("dbssd       [0-9.]+"));
}

}  // namespace
}  // namespace dbssd::cli
