// Lists of reports by services that count, cap, fail and change in different ways.
#include "cloud/report_pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

namespace dbssd::cloud {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kSize = 10;

Report report(int number) {
  Report report;
  report.id = ReportId("rep-" + std::to_string(number));
  return report;
}

/// Has reports 0 to count - 1, and says so, unless a test has it do otherwise.
struct Service {
  explicit Service(int count) : numbers(static_cast<std::size_t>(count)) {
    std::iota(numbers.begin(), numbers.end(), 0);
  }

  std::vector<int> numbers;
  std::int64_t first_page = 1;
  std::function<std::optional<std::int64_t>(std::int64_t page)> total = [this](std::int64_t) {
    return static_cast<std::int64_t>(numbers.size());
  };
  std::function<std::optional<Error>(std::int64_t page)> failure = [this](std::int64_t page) {
    return page < first_page ? std::optional(Error{ErrorKind::rejected, "no such page", {}, {}, 400})
                             : std::nullopt;
  };
  std::function<void(std::int64_t page)> after = [](std::int64_t) {};
  std::int64_t most_on_a_page = kSize;
  std::vector<std::int64_t> asked;
  bool begins_at_one = false;

  Expected<ReportPages> read(const std::vector<ReportId>& wanted = {}) {
    return read_report_pages(
        kSize, wanted, begins_at_one, [this](std::int64_t number) -> Expected<Page<Report>> {
          asked.push_back(number);
          if (auto error = failure(number)) return fail(*std::move(error));
          Page<Report> page;
          page.total = total(number);
          const auto begin = static_cast<std::size_t>((number - first_page) * most_on_a_page);
          const auto end = begin + static_cast<std::size_t>(most_on_a_page);
          for (std::size_t i = begin; i < std::min(numbers.size(), end); ++i)
            page.items.push_back(report(numbers[i]));
          page.entries = page.items.size();
          after(number);
          return page;
        });
  }
};

TEST(ReportPages, AreWholeWhicheverPageIsTheFirst) {
  for (const int count : {0, 1, 9, 10, 11, 20, 35}) {
    for (const std::int64_t first : {0, 1}) {
      Service service(count);
      service.first_page = first;
      const auto read = service.read();
      ASSERT_TRUE(read);
      EXPECT_EQ(read->listing.reports.size(), static_cast<std::size_t>(count)) << "from page " << first;
      EXPECT_EQ(read->listing.doubt, "") << count << " from page " << first;
    }
  }
}

TEST(ReportPages, AnEmptyFirstPageOfWhichNoTotalIsKnownIsNotTheEnd) {
  Service service(7);
  service.first_page = 0;
  service.total = [](std::int64_t) { return std::nullopt; };
  const auto read = service.read();
  ASSERT_TRUE(read);
  EXPECT_EQ(read->listing.reports.size(), 7U);
}

TEST(ReportPages, AreWholeWhereTotalsAreOfTheirPageAlone) {
  for (const int count : {0, 1, 4, 5, 10, 13, 25}) {
    for (const std::int64_t first : {0, 1}) {
      for (const std::int64_t most : {std::int64_t{4}, kSize}) {
        Service service(count);
        service.first_page = first;
        service.most_on_a_page = most;
        service.total = [&](std::int64_t page) {
          return std::clamp<std::int64_t>(count - (page - first) * most, 0, most);
        };
        const auto read = service.read();
        ASSERT_TRUE(read);
        EXPECT_EQ(read->listing.reports.size(), static_cast<std::size_t>(count)) << first << ", " << most;
        EXPECT_EQ(read->listing.doubt, "") << count << " from page " << first << ", " << most << " on each";
      }
    }
  }
}

TEST(ReportPages, APageZeroThatIsRefusedIsNotAskedForAgain) {
  Service service(0);
  ASSERT_TRUE(service.read());
  EXPECT_THAT(service.asked, testing::ElementsAre(1, 0));
  ASSERT_TRUE(service.read());
  EXPECT_THAT(service.asked, testing::ElementsAre(1, 0, 1));
}

TEST(ReportPages, TheTotalOfEachPageCounts) {
  Service service(20);
  service.numbers.pop_back();
  service.total = [](std::int64_t page) { return page <= 2 ? 20 : 0; };
  const auto read = service.read();
  ASSERT_TRUE(read);
  EXPECT_EQ(read->listing.doubt, "19 of 20 reports were listed");
}

TEST(ReportPages, AReportThatIsDeletedBetweenTwoPagesLeavesTheListInDoubt) {
  Service service(15);
  service.after = [&service](std::int64_t page) {
    if (page == 1)
      service.numbers.erase(service.numbers.begin());  // number 10 moves onto the page that was read
  };
  const auto read = service.read();
  ASSERT_TRUE(read);
  EXPECT_EQ(read->listing.reports.size(), 14U);
  EXPECT_EQ(read->listing.doubt, "the list became shorter while it was read");
}

TEST(ReportPages, AReportThatIsMadeBetweenTwoPagesLeavesNoDoubt) {
  Service service(15);
  service.after = [&service](std::int64_t page) {
    if (page == 1) service.numbers.push_back(15);
  };
  const auto read = service.read();
  ASSERT_TRUE(read);
  EXPECT_EQ(read->listing.reports.size(), 16U);
  EXPECT_EQ(read->listing.doubt, "");
}

TEST(ReportPages, APageBeforeTheFirstThatFailsLeavesADoubtAndNotNothing) {
  for (const ErrorKind kind : {ErrorKind::outcome_unknown, ErrorKind::malformed, ErrorKind::rejected}) {
    Service service(3);
    service.total = [](std::int64_t) { return 9; };
    service.failure = [kind](std::int64_t page) {
      return page == 0 ? std::optional(Error{kind, "internal", {}, {}, 500}) : std::nullopt;
    };
    const auto read = service.read();
    ASSERT_TRUE(read) << to_string(kind);
    EXPECT_EQ(read->listing.reports.size(), 3U);
    EXPECT_EQ(read->listing.doubt, "3 of 9 reports were listed");
  }
}

TEST(ReportPages, AnEmptyListWhoseFirstPageMayBeAnotherIsInDoubtWhereThatFails) {
  Service service(0);
  service.total = [](std::int64_t) { return std::nullopt; };
  service.failure = [](std::int64_t page) {
    return page == 0 ? std::optional(Error{ErrorKind::outcome_unknown, "internal", {}, {}, 500})
                     : std::nullopt;
  };
  EXPECT_THAT(service.read()->listing.doubt,
              HasSubstr("what is before the first page cannot be read: internal"));
  service.failure = [](std::int64_t page) {
    return page == 0 ? std::optional(Error{ErrorKind::rejected, "no such page", {}, {}, 400}) : std::nullopt;
  };
  EXPECT_EQ(service.read()->listing.doubt, "");
}

TEST(ReportPages, WhereACallHadNoEffectTheWholeLookFails) {
  Service service(3);
  service.total = [](std::int64_t) { return 9; };
  service.failure = [](std::int64_t page) {
    return page == 0 ? std::optional(Error{ErrorKind::throttled, "slow down", {}, {}, 429}) : std::nullopt;
  };
  const auto read = service.read();
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::throttled);
}

TEST(ReportPages, EndWithTheLastOfThoseThatAreWanted) {
  Service service(35);
  const auto read = service.read({ReportId("rep-3"), ReportId("rep-14")});
  ASSERT_TRUE(read);
  EXPECT_THAT(service.asked, testing::ElementsAre(1, 2));
  EXPECT_TRUE(read->listing.ends_early);
}

TEST(ReportPages, OnWhichAWantedOneIsNotAreAllRead) {
  Service service(35);
  const auto read = service.read({ReportId("rep-3"), ReportId("rep-99")});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->listing.reports.size(), 35U);
  EXPECT_FALSE(read->listing.ends_early);
}

TEST(ReportPages, ThatEndWhereATotalMayBeOfItsPageAloneEndEarly) {
  Service service(35);
  service.total = [](std::int64_t) { return kSize; };
  const auto read = service.read({ReportId("rep-9")});
  ASSERT_TRUE(read);
  EXPECT_THAT(service.asked, testing::ElementsAre(1));
  EXPECT_TRUE(read->listing.ends_early);
}

TEST(ReportPages, ThatEndWithAllThereIsDoNotEndEarly) {
  Service service(12);
  const auto read = service.read({ReportId("rep-11")});
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->listing.ends_early);
}

}  // namespace
}  // namespace dbssd::cloud
