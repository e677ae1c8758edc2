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
  if (all.shrank) return "the list became shorter while it was read";
  if (!all.most || std::cmp_greater_equal(all.items.size(), *all.most)) return {};
  return std::to_string(all.items.size()) + " of " + std::to_string(*all.most) + " reports were listed";
}

/// `fetch` is Expected<Page<Report>>(number), asked for at most `size` entries. Where any are `wanted`, the
/// pages end with the one that shows the last of them.
template <class Fetch>
[[nodiscard]] Expected<ReportPages> read_report_pages(std::int64_t size, const std::vector<ReportId>& wanted,
                                                      const Fetch& fetch) {
  std::set<ReportId> missing(wanted.begin(), wanted.end());
  const auto has_all_wanted = [&](const Collected<Report>& all) {
    for (std::size_t i = all.items.size() - all.added; i < all.items.size(); ++i)
      missing.erase(all.items[i].id);
    return !wanted.empty() && missing.empty();
  };
  Expected<Collected<Report>> all = collect<Report>(
      size, [&](const Cursor& at) { return fetch(at.page + 1); }, has_all_wanted);
  if (!all) return fail(all.error());

  std::string unread;
  // That pages count from one is nowhere said. What is missing may be on a page before the first, and all of
  // it where the first is empty.
  const bool lacks_some = all->most ? std::cmp_less(all->items.size(), *all->most) : all->entries == 0;
  if (!all->ended_early && lacks_some) {
    if (Expected<Page<Report>> before = fetch(0)) {
      all->add(*std::move(before));
    } else if (had_no_effect(before.error().kind)) {
      return fail(before.error());
    } else if (!was_declined(before.error().kind)) {
      unread = "what is before the first page cannot be read: " + before.error().message;
    }
  }
  std::string doubt = doubt_about(*all);
  if (doubt.empty()) doubt = std::move(unread);
  const bool is_whole = all->most && std::cmp_greater_equal(all->items.size(), *all->most);
  return ReportPages{{std::move(all->items), std::move(doubt), all->ended_early && !is_whole},
                     std::move(all->problems)};
}

}  // namespace dbssd::cloud
