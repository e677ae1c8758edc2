// Sets of small numbers as bits, taken apart for printing.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace dbssd::schedule {

[[nodiscard]] inline std::vector<unsigned> values_of(std::uint64_t bits) {
  std::vector<unsigned> values;
  for (; bits != 0; bits &= bits - 1) values.push_back(static_cast<unsigned>(std::countr_zero(bits)));
  return values;
}

/// first, first + step, … last
struct Run {
  unsigned first = 0;
  unsigned last = 0;
  unsigned step = 1;
};

/// The whole set as one run where it has at least `fewest` values at one distance greater than 1; otherwise
/// runs of neighbours, of three at least, and single values.
[[nodiscard]] inline std::vector<Run> runs_of(std::uint64_t bits, std::size_t fewest) {
  const std::vector<unsigned> values = values_of(bits);
  const auto stepped = [&values](std::size_t from, unsigned step) {
    std::size_t to = from;
    while (to + 1 < values.size() && values[to + 1] == values[to] + step) ++to;
    return to;
  };
  if (values.size() >= fewest && values.size() > 1) {
    const unsigned step = values[1] - values[0];
    if (step > 1 && stepped(0, step) + 1 == values.size()) return {{values.front(), values.back(), step}};
  }
  std::vector<Run> runs;
  for (std::size_t i = 0; i < values.size();) {
    const std::size_t to = stepped(i, 1);
    const std::size_t last = to - i < 2 ? i : to;
    runs.push_back({values[i], values[last], 1});
    i = last + 1;
  }
  return runs;
}

}  // namespace dbssd::schedule
