// The list of reports, read page by page so that what it does not show is known to be absent, or it is said
// why not: a report that is overlooked would be made again.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cloud/paging.h"
#include "cloud/types.h"

namespace dbssd::cloud {

struct ReportPages {
  ReportListing listing;
  std::vector<std::string> problems;  ///< entries that did not decode, one line each
};

/// What keeps the pages from proving that there is no other report.
[[nodiscard]] inline std::string doubt_about(const Collected<Report>& all) {
  if (!all.problems.empty()) return "an entry of the list cannot be read: " + all.problems.front();
  if (all.shrank && all.counts_all) return "the list became shorter while it was read";
  if (!all.most || std::cmp_greater_equal(all.items.size(), *all.most)) return {};
  return std::to_string(all.items.size()) + " of " + std::to_string(*all.most) + " reports were listed";
}

/// `fetch` is Expected<Page<Report>>(number), asked for at most `size` entries. Where any are `wanted`, the
/// pages end with the one that shows the last of them. `begins_at_one` is for the caller to keep: that the
/// service refused a page 0, which is then not asked for again.
template <class Fetch>
[[nodiscard]] Expected<ReportPages> read_report_pages(std::int64_t size, const std::vector<ReportId>& wanted,
                                                      bool& begins_at_one, const Fetch& fetch) {
  std::set<ReportId> missing(wanted.begin(), wanted.end());
  const auto has_all_wanted = [&](const Collected<Report>& all) {
    for (std::size_t i = all.items.size() - all.added; i < all.items.size(); ++i)
      missing.erase(all.items[i].id);
    return !wanted.empty() && missing.empty();
  };
  Expected<Collected<Report>> all = collect<Report>(
      size, [&](const Cursor& at) { return fetch(at.page + 1); }, has_all_wanted);
  if (!all) return fail(all.error());

  // A total that no page has fallen short of may be of its page alone: then only a page with nothing new on
  // it is the end.
  while (!all->ended_early && !all->counts_all && all->added > 0 && all->pages < kMostPages) {
    Expected<Page<Report>> page = fetch(all->pages + 1);
    if (!page) return fail(page.error());
    all->add(*std::move(page));
  }

  // That pages count from one is nowhere said. What is missing may be on a page before the first, and all of
  // it where the first is empty.
  std::string unread;
  const bool may_lack_some = !all->counts_all || std::cmp_less(all->items.size(), *all->most);
  if (!all->ended_early && may_lack_some && !begins_at_one) {
    if (Expected<Page<Report>> before = fetch(0)) {
      all->add(*std::move(before));
    } else if (had_no_effect(before.error().kind)) {
      return fail(before.error());
    } else if (was_declined(before.error().kind)) {
      begins_at_one = true;
    } else {
      unread = "what is before the first page cannot be read: " + before.error().message;
    }
  }
  std::string doubt = doubt_about(*all);
  if (doubt.empty()) doubt = std::move(unread);
  const bool is_whole = all->counts_all && std::cmp_greater_equal(all->items.size(), *all->most);
  return ReportPages{{std::move(all->items), std::move(doubt), all->ended_early && !is_whole},
                     std::move(all->problems)};
}

}  // namespace dbssd::cloud
