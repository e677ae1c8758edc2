// Of random histories: how the service words its list of reports, and what must hold of each that is asked
// for.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <set>
#include <string>

#include "fakes/world.h"

namespace dbssd::test {

/// Any of what is documented, or left open.
inline fakes::Dialect any_dialect(std::mt19937& chance) {
  static const std::array<std::string, 4> kNames{"report", "", "Audit report", "\xe5\xae\xa1\xe8\xae\xa1"};
  constexpr std::array<std::int64_t, 3> kPageSizes{1, 7, 100};
  fakes::Dialect dialect;
  dialect.names_template = chance() % 3 == 0;
  dialect.name = kNames[chance() % kNames.size()];
  dialect.lists_databases = chance() % 2 == 0;
  dialect.first_page = chance() % 2;
  dialect.page_size = kPageSizes[chance() % kPageSizes.size()];
  dialect.says_zone = chance() % 4 == 0;
  return dialect;
}

/// Nothing is asked for while a report of its window is there that no run has and no other run may have made.
inline void expect_nothing_is_left(const fakes::World& world, const journal::RunRecord& asked) {
  using journal::RunState;
  const auto is_alike = [&asked](const std::string& begin, const std::string& end) {
    return begin == asked.sent_begin && end == asked.sent_end;
  };
  std::set<ReportId> claimed;
  int may_have_made_one = 0;
  for (const journal::RunRecord& run : world.runs()) {
    if (run.key.instance != asked.key.instance) continue;
    if (!run.report_id.empty()) claimed.insert(run.report_id);
    const bool may_exist = run.state == RunState::submitting || run.state == RunState::unknown ||
                           run.state == RunState::accepted;
    if (may_exist && run.report_id.empty() && run.key != asked.key && is_alike(run.sent_begin, run.sent_end))
      ++may_have_made_one;
  }
  const auto left = std::ranges::count_if(world.cloud.reports, [&](const fakes::FakeCloud::Made& made) {
    return made.instance == asked.key.instance && !claimed.contains(made.report.id) &&
           is_alike(made.report.begin_words, made.report.end_words);
  });
  EXPECT_LE(left, may_have_made_one) << asked.key.report.str() << " on " << asked.key.instance.str() << " at "
                                     << format_utc(asked.key.scheduled)
                                     << " is asked for while a report of its window is left; "
                                     << asked.reason;
}

/// Every report that the service made is some run's, and no two runs' one.
inline void expect_a_run_for_each_report(const fakes::World& world) {
  std::map<ReportId, int> claims;
  for (const journal::RunRecord& run : world.runs()) {
    if (run.report_id.empty()) {
      EXPECT_TRUE(run.outcome != journal::Outcome::finished || run.served_by)
          << format_utc(run.key.scheduled);
      continue;
    }
    ++claims[run.report_id];
    const auto made = std::ranges::find_if(world.cloud.reports,
                                           [&run](const auto& m) { return m.report.id == run.report_id; });
    ASSERT_NE(made, world.cloud.reports.end());
    EXPECT_EQ(made->instance, run.key.instance);
    EXPECT_EQ(made->report.begin_words, run.sent_begin);
    EXPECT_EQ(made->report.end_words, run.sent_end);
    if (world.cloud.dialect.names_template || world.cloud.dialect.name.empty()) {
      EXPECT_EQ(made->template_id, run.template_id);
    }
  }
  for (const auto& made : world.cloud.reports) {
    if (world.clock.elapsed() - made.born < std::chrono::minutes{5})
      continue;  // the last, which peace did not see end
    EXPECT_EQ(claims[made.report.id], 1)
        << made.report.id.str() << " of " << made.instance.str() << " for " << format_utc(*made.report.start)
        << ".." << format_utc(*made.report.end);
  }
}

}  // namespace dbssd::test
