// Listings of many pages, gathered so that it always ends: the service may return fewer entries than asked,
// claim any total, ignore the offset, and change the set between two pages.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "cloud/decode.h"

namespace dbssd::cloud {

/// What has been gathered so far. T has an `id`.
template <class T>
class Collected {
 public:
  /// Adds the page's entries: those that are known already in the state in which they were seen last. Returns
  /// how many were new.
  std::size_t add(Page<T> page) {
    const std::size_t before = items.size();
    shrank |= page.entries > 0 && page.total && total && *page.total < *total;
    for (T& item : page.items) {
      const std::size_t key = std::hash<decltype(T::id)>{}(item.id);
      auto [at, last] = places_.equal_range(key);
      at = std::find_if(at, last, [&](const auto& place) { return items[place.second].id == item.id; });
      if (at == last) {
        places_.emplace(key, items.size());
        items.push_back(std::move(item));
      } else {
        items[at->second] = std::move(item);
      }
    }
    for (std::string& text : page.problems) problem(std::move(text));
    total = page.total;
    counts_all |= total && std::cmp_greater(*total, page.entries);
    ++pages;
    if (total) most = std::max(*total, most.value_or(0));
    entries += page.entries;
    return added = items.size() - before;
  }
  void problem(std::string text) {
    constexpr std::size_t kMost = 100;
    if (problems.size() < kMost) problems.push_back(std::move(text));
  }

  std::vector<T> items;  ///< unique by id, in the service's order
  std::vector<std::string> problems;
  std::optional<std::int64_t> total;  ///< as the last page claimed
  std::optional<std::int64_t> most;   ///< as the page did that claimed the most
  bool shrank = false;      ///< a page claimed fewer than the one before: what moved up was not seen
  bool counts_all = false;  ///< a page claimed more than it had: totals are not of their page alone
  std::int64_t pages = 0;
  std::size_t entries = 0;   ///< on all pages, usable or not
  std::size_t added = 0;     ///< items by the newest page, the last of `items`
  bool ended_early = false;  ///< as asked: there may be more

 private:
  std::unordered_multimap<std::size_t, std::size_t> places_;  ///< in `items`, by the hash of the id
};

/// Where the next page begins, in both ways of counting.
struct Cursor {
  std::int64_t page = 0;    ///< pages so far
  std::int64_t offset = 0;  ///< entries so far
};

inline constexpr std::int64_t kMostPages = 2000;
inline constexpr int kMostBarren = 3;  ///< pages in a row with nothing usable on them

/// Of collect(): all that there is is wanted.
inline constexpr auto kNeverEnough = [](const auto&) { return false; };

/// `fetch` is Expected<Page<T>>(Cursor), asked for at most `size` entries. One page that fails fails it all.
/// `is_enough` is bool(const Collected<T>&), asked after each page.
template <class T, class Fetch, class IsEnough = decltype(kNeverEnough)>
[[nodiscard]] Expected<Collected<T>> collect(std::int64_t size, const Fetch& fetch,
                                             const IsEnough& is_enough = kNeverEnough) {
  Collected<T> all;
  int barren = 0;
  for (Cursor cursor; cursor.page < kMostPages; ++cursor.page) {
    Expected<Page<T>> page = fetch(cursor);
    if (!page) return fail(page.error());
    const std::size_t entries = page->entries;
    const bool broken = !page->problems.empty();
    const bool fresh = all.add(*std::move(page)) > 0;
    cursor.offset += static_cast<std::int64_t>(entries);
    all.ended_early = is_enough(all);

    if (all.ended_early) return all;
    if (entries == 0) return all;
    // Nothing new and nothing broken either: the service starts over, or the set has shrunk.
    if (!fresh && !broken) return all;
    barren = fresh ? 0 : barren + 1;
    if (barren == kMostBarren) {
      all.problem("the listing was given up after " + std::to_string(barren) +
                  " pages without a usable entry");
      return all;
    }
    // A short page alone is no end; nor is a total that a full page reaches, or one that was too small.
    if (std::cmp_less(entries, size) && all.total == cursor.offset) return all;
  }
  all.problem("the listing was cut off after " + std::to_string(kMostPages) + " pages");
  return all;
}

}  // namespace dbssd::cloud
