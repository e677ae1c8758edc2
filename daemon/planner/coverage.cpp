#include "planner/coverage.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "planner/runs.h"

namespace dbssd::planner {
namespace {

bool is_empty(const Window& window) { return window.begin >= window.end; }

/// A stretch of time that is painted over and over: what comes last is seen.
class Strip {
 public:
  enum class Kind { bare, lost, pending, covered };
  struct Paint {
    Kind kind = Kind::bare;
    const Uncovered* what = nullptr;
  };

  explicit Strip(const Window& span) : span_(span) { from_[span.begin] = {}; }

  void paint(Window window, Paint with) {
    window = {std::max(window.begin, span_.begin), std::min(window.end, span_.end)};
    if (is_empty(window)) return;
    const Paint behind = std::prev(from_.upper_bound(window.end))->second;
    from_.erase(from_.lower_bound(window.begin), from_.lower_bound(window.end));
    from_[window.begin] = with;
    from_.emplace(window.end, behind);
  }

  /// Calls look(Window, Paint) for each piece, in order of time.
  template <class Look>
  void each(const Look& look) const {
    for (auto piece = from_.begin(); piece != from_.end() && piece->first < span_.end; ++piece) {
      const auto next = std::next(piece);
      look(Window{piece->first, next == from_.end() ? span_.end : next->first}, piece->second);
    }
  }

 private:
  Window span_;
  std::map<Instant, Paint> from_;  // what is seen from there on
};

void append(std::vector<Window>& to, const Window& window) {
  if (!to.empty() && to.back().end == window.begin) {
    to.back().end = window.end;
  } else {
    to.push_back(window);
  }
}

void append(std::vector<Uncovered>& to, Uncovered piece) {
  if (!to.empty() && to.back().span.end == piece.span.begin && to.back().outcome == piece.outcome &&
      to.back().reason == piece.reason) {
    to.back().span.end = piece.span.end;
  } else {
    to.push_back(std::move(piece));
  }
}

std::string reason_in_flight(const journal::RunRecord& run) {
  return run.reason.empty() ? "in flight" : "in flight: " + run.reason;
}

}  // namespace

/// A long row of the same is kept as one.
void CoverageLedger::join(std::vector<Lost>& onto, Lost lost) {
  if (!onto.empty()) {
    Lost& last = onto.back();
    Window& span = last.what.span;
    const bool touches = lost.what.span.begin <= span.end && lost.what.span.end >= span.begin;
    if (touches && last.scheduled <= lost.scheduled && last.what.outcome == lost.what.outcome &&
        last.what.reason == lost.what.reason) {
      span = {std::min(span.begin, lost.what.span.begin), std::max(span.end, lost.what.span.end)};
      last.scheduled = lost.scheduled;
      return;
    }
  }
  onto.push_back(std::move(lost));
}

void CoverageLedger::take(const journal::RunRecord& run) {
  if (is_empty(run.window)) return;
  if (is_by_hand(run.key)) return take_beside(run);
  extend(run.window);
  take_beside(run);
}

void CoverageLedger::take_undecided(Instant scheduled, const Window& window, std::string reason) {
  if (is_empty(window)) return;
  extend(window);
  join(lost_, {scheduled, {window, {}, std::move(reason)}});
}

void CoverageLedger::extend(const Window& window) {
  span_ =
      is_empty(span_) ? window : Window{std::min(span_.begin, window.begin), std::max(span_.end, window.end)};
}

void CoverageLedger::take_beside(const journal::RunRecord& run) {
  if (is_empty(run.window)) return;
  if (!run.outcome) {
    join(pending_, {run.key.scheduled, {run.window, {}, reason_in_flight(run)}});
  } else if (*run.outcome != journal::Outcome::finished) {
    join(lost_, {run.key.scheduled, {run.window, run.outcome, run.reason}});
  } else if (!covered_.empty() && covered_.back().begin <= run.window.begin &&
             run.window.begin <= covered_.back().end) {
    covered_.back().end = std::max(covered_.back().end, run.window.end);
  } else {
    covered_.push_back(run.window);
  }
}

Coverage CoverageLedger::close() const {
  Coverage coverage;
  coverage.span = span_;
  if (is_empty(span_)) return coverage;
  const auto paint_all = [](Strip& strip, const std::vector<Lost>& layers, Strip::Kind kind) {
    std::vector<const Lost*> oldest_first;
    oldest_first.reserve(layers.size());
    for (const Lost& lost : layers) oldest_first.push_back(&lost);
    std::ranges::stable_sort(oldest_first, {}, [](const Lost* lost) { return lost->scheduled; });
    for (const Lost* lost : oldest_first) strip.paint(lost->what.span, {kind, &lost->what});
  };
  Strip strip(span_);
  paint_all(strip, lost_, Strip::Kind::lost);
  paint_all(strip, pending_, Strip::Kind::pending);
  for (const Window& window : covered_) strip.paint(window, {Strip::Kind::covered, nullptr});

  strip.each([&coverage](const Window& span, const Strip::Paint& paint) {
    switch (paint.kind) {
      case Strip::Kind::covered:
        return append(coverage.covered, span);
      case Strip::Kind::pending:
        return append(coverage.pending, {span, {}, paint.what->reason});
      case Strip::Kind::lost:
        return append(coverage.gaps, {span, paint.what->outcome, paint.what->reason});
      case Strip::Kind::bare:
        return append(coverage.gaps, {span, {}, "no scheduled time covers it"});
    }
  });
  return coverage;
}

}  // namespace dbssd::planner
