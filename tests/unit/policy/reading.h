// Reading policies in tests: findings as the lines that an operator sees, without the file's name.
#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "policy/reader.h"

namespace dbssd::policy {

/// 2025-03-01, a Saturday.
inline constexpr Instant kNow = std::chrono::sys_days{std::chrono::year{2025} / 3 / 1};

inline ReadResult read(std::string_view yaml,
                       std::function<Expected<Secret>(const SecretSource&)> secrets = nullptr) {
  static schedule::ZoneDatabase zones;
  return read_policy(yaml, {zones, std::move(secrets), kNow});
}

/// "3:5: error: reports[0].schedule: …", one a finding.
inline std::vector<std::string> lines(const ReadResult& result) {
  std::vector<std::string> all;
  for (const Finding& finding : result.findings) all.push_back(format(finding, "").substr(1));
  return all;
}

inline std::vector<std::string> lines_of(std::string_view yaml) { return lines(read(yaml)); }

/// A valid policy of one project named p, up to its second line; what is appended starts on the third.
inline constexpr std::string_view kBase =
    "version: 1\n"
    "projects: [{name: p, region: cn-north-1, auth: {method: ecs_agency}}]\n";

/// A valid report rule whose further keys start at the sixth line, indented by four.
inline constexpr std::string_view kReport =
    "reports:\n"
    "  - name: r\n"
    "    template: {type: SOX}\n";

inline std::string operator+(std::string_view a, std::string_view b) { return std::string(a).append(b); }

/// A policy and all that is found in it.
struct Row {
  std::string_view what;
  std::string yaml;
  std::vector<std::string> findings;
};

inline void expect_findings(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const ReadResult result = read(row.yaml);
    EXPECT_THAT(lines(result), testing::ElementsAreArray(row.findings)) << row.what << '\n' << row.yaml;
    const bool errors = std::ranges::any_of(result.findings, &Finding::is_error);
    EXPECT_EQ(result.policy == nullptr, errors) << row.what;
  }
}

/// The policy of a text in which nothing at all is found.
inline Policy clean(std::string_view yaml) {
  const ReadResult result = read(yaml);
  EXPECT_THAT(lines(result), testing::IsEmpty()) << yaml;
  return result.policy ? *result.policy : Policy{};
}

inline std::string text_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace dbssd::policy
