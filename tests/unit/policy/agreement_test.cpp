// The same table of bad policies that schema_test.py holds against the schema.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "unit/policy/reading.h"

namespace dbssd::policy {
namespace {

using Json = nlohmann::json;

/// The policy with one value in another's place; null takes the key out.
Json put(Json policy, const std::string& path, const Json& value) {
  std::string pointer = "/" + path;
  std::ranges::replace(pointer, '.', '/');
  const Json::json_pointer place(pointer);
  if (value.is_null()) {
    policy.at(place.parent_pointer()).erase(place.back());
  } else {
    policy[place] = value;
  }
  return policy;
}

TEST(Reader, RefusesWhatTheSchemaRefuses) {
  const Json sparse = Json::parse(R"({
    "version": 1,
    "projects": [{"name": "p", "region": "cn-north-1", "auth": {"method": "ecs_agency"}}],
    "instances": {"start": [{"name": "s"}]},
    "reports": [{"name": "r", "template": {"type": "SOX"}, "schedule": "0 6 * * *"}]
  })");
  EXPECT_NE(read(sparse.dump()).policy, nullptr);
  const Json table = Json::parse(text_of_file(DBSSD_SOURCE_DIR "/tests/unit/policy/bad_policies.json"));
  EXPECT_GT(table.size(), 80U);
  for (const Json& row : table) {
    const std::string yaml = put(sparse, row[0], row[1]).dump();
    const ReadResult result = read(yaml);
    EXPECT_EQ(result.policy, nullptr) << row;
    EXPECT_FALSE(result.findings.empty()) << row;
  }
}

}  // namespace
}  // namespace dbssd::policy
