// What is kept for another use, for a while.
#pragma once

#include <cstddef>
#include <deque>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/time.h"

namespace dbssd::cloud {

/// Things by key, each with the time since when it lies idle: the last laid down is the first taken, and one
/// that has lain for longer than `fresh` is never given out, whatever lies above or below it. Not
/// thread-safe.
template <class Thing>
class IdleShelf {
 public:
  IdleShelf(Millis fresh, std::size_t most_of_a_key) : fresh_(fresh), most_(most_of_a_key) {}

  void put(const std::string& key, Thing thing, MonoTime now) {
    std::deque<Idle>& row = rows_[key];
    row.push_back({std::move(thing), now});
    if (row.size() > most_) row.pop_front();
  }
  [[nodiscard]] std::optional<Thing> take(const std::string& key, MonoTime now) {
    sweep(now);
    const auto row = rows_.find(key);
    if (row == rows_.end()) return std::nullopt;
    Thing thing = std::move(row->second.back().thing);
    row->second.pop_back();
    if (row->second.empty()) rows_.erase(row);
    return thing;
  }

 private:
  struct Idle {
    Thing thing;
    MonoTime since;
  };
  /// Of all keys: one that nobody asks for any more is to hold nothing open.
  void sweep(MonoTime now) {
    for (auto entry = rows_.begin(); entry != rows_.end();) {
      std::deque<Idle>& row = entry->second;
      while (!row.empty() && now - row.front().since > fresh_) row.pop_front();
      entry = row.empty() ? rows_.erase(entry) : std::next(entry);
    }
  }

  const Millis fresh_;
  const std::size_t most_;
  std::map<std::string, std::deque<Idle>> rows_;  // the oldest first; none is empty
};

}  // namespace dbssd::cloud
