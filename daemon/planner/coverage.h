// Which time the finished reports of one schedule cover, and of all other time why they do not.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "journal/records.h"

namespace dbssd::planner {

/// A stretch of time that no finished report covers.
struct Uncovered {
  Window span;
  std::optional<journal::Outcome> outcome;  ///< of the newest run whose window it was; empty where there is
                                            ///< none, or where it is still in flight
  std::string reason;
  bool operator==(const Uncovered&) const = default;
};

/// `covered`, `gaps` and `pending` are in order of time, do not overlap, and together are the whole `span`.
struct Coverage {
  Window span{};  ///< from the begin of the first window to the end of the last one; empty where no run has
                  ///< one
  std::vector<Window> covered;
  std::vector<Uncovered> gaps;     ///< nothing will cover these any more
  std::vector<Uncovered> pending;  ///< runs without an outcome will
  bool operator==(const Coverage&) const = default;
};

/// Takes the runs of one report on one instance, and keeps no more of them than the answer needs: what is
/// covered without a gap costs the same for a day as for a year.
class CoverageLedger {
 public:
  /// A run to be accounted for; they come with the oldest scheduled time first. Where a run was merged into
  /// another, that one's joined window covers its own. What was asked for by hand fills gaps and makes none:
  /// it is taken beside.
  void take(const journal::RunRecord& run);

  /// A time that came due and has no run.
  void take_undecided(Instant scheduled, const Window& window, std::string reason);

  /// A run that is not to be accounted for, but may cover what others left open: its window counts only where
  /// it lies between theirs. In any order.
  void take_beside(const journal::RunRecord& run);

  /// From the first window's begin to the last one's end, so far; empty where there is none.
  [[nodiscard]] const Window& span() const { return span_; }

  [[nodiscard]] Coverage close() const;

 private:
  struct Lost {
    Instant scheduled;
    Uncovered what;
  };
  static void join(std::vector<Lost>& onto, Lost lost);
  void extend(const Window& window);

  Window span_{};
  std::vector<Window> covered_;  // in the order in which they came
  std::vector<Lost> pending_;
  std::vector<Lost> lost_;
};

}  // namespace dbssd::planner
