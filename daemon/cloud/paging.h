// Listings of many pages, gathered so that it always ends: the service may return fewer entries than asked,
// claim any total, ignore the offset, and change the set between two pages.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "cloud/decode.h"

namespace dbssd::cloud {

template <class T>
struct Collected {
  std::vector<T> items;  ///< unique by id, in the service's order, each as it was seen last
  std::vector<std::string> problems;
  std::optional<std::int64_t> total;  ///< as the last page claimed
};

/// Where the next page begins, in both ways of counting.
struct Cursor {
  std::int64_t page = 0;    ///< pages so far
  std::int64_t offset = 0;  ///< entries so far
};

inline constexpr std::int64_t kMostPages = 2000;
inline constexpr int kMostBarren = 3;  ///< pages in a row with nothing new on them
inline constexpr std::size_t kMostProblems = 100;

/// `fetch` is Expected<Page<T>>(Cursor), asked for at most `size` entries; T has an `id`. One page that fails
/// fails it all.
template <class T, class Fetch>
[[nodiscard]] Expected<Collected<T>> collect(std::int64_t size, const Fetch& fetch) {
  Collected<T> all;
  std::unordered_map<decltype(T::id), std::size_t> place;
  const auto problem = [&](std::string text) {
    if (all.problems.size() < kMostProblems) all.problems.push_back(std::move(text));
  };
  int barren = 0;
  for (Cursor cursor;; ++cursor.page) {
    if (cursor.page == kMostPages) {
      problem("the listing was cut off after " + std::to_string(kMostPages) + " pages");
      break;
    }
    Expected<Page<T>> page = fetch(cursor);
    if (!page) return fail(page.error());
    const std::size_t before = all.items.size();
    for (T& item : page->items) {
      const auto [at, fresh] = place.try_emplace(item.id, all.items.size());
      if (fresh)
        all.items.push_back(std::move(item));
      else
        all.items[at->second] = std::move(item);
    }
    for (std::string& text : page->problems) problem(std::move(text));
    all.total = page->total;
    cursor.offset += static_cast<std::int64_t>(page->entries);

    if (page->entries == 0) break;
    barren = all.items.size() == before ? barren + 1 : 0;
    // Nothing new and nothing broken either: the service starts over, or the set has shrunk.
    if (barren > 0 && page->problems.empty()) break;
    if (barren == kMostBarren) {
      problem("the listing was given up after " + std::to_string(kMostBarren) +
              " pages without a usable entry");
      break;
    }
    // A short page alone is no end, nor is a total that has been reached by a full one.
    const bool is_short = page->entries < static_cast<std::size_t>(size);
    if (is_short && page->total && cursor.offset >= *page->total) break;
  }
  return all;
}

}  // namespace dbssd::cloud
