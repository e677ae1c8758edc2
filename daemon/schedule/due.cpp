#include "schedule/due.h"

#include <algorithm>

namespace dbssd::schedule {
namespace {

// The oldest scheduled time in (cursor, newest] that `all` would serve.
Instant oldest_served(const DueRule& rule, Instant cursor, Instant newest) {
  Instant oldest = newest;
  for (std::size_t n = 1; n < kMostServed; ++n) {
    const auto earlier = previous(rule.cron, rule.zone, oldest);
    if (!earlier || earlier->at <= cursor) break;
    oldest = earlier->at;
  }
  return oldest;
}

// How one scheduled time is decided when the newest and the time now are known.
class Judge {
 public:
  Judge(const DueRule& rule, Instant cursor, Instant newest, Instant now)
      : rule_(rule), newest_(newest), now_(now), served_from_(newest) {
    if (rule.missed == MissedPolicy::all) served_from_ = oldest_served(rule, cursor, newest);
  }

  [[nodiscard]] DueKind kind(Instant scheduled) const {
    const bool newest = scheduled == newest_;
    switch (rule_.missed) {
      case MissedPolicy::latest:
        if (!newest) return DueKind::missed;
        break;
      case MissedPolicy::all:
        if (!too_late(scheduled) && scheduled < served_from_) return DueKind::missed;
        break;
      case MissedPolicy::merge:
        if (too_late(newest_)) return DueKind::expired;
        return newest ? DueKind::serve : DueKind::merged;
      case MissedPolicy::skip:
        if (!newest || now_ - scheduled > kOnTime) return DueKind::missed;
        break;
    }
    return too_late(scheduled) ? DueKind::expired : DueKind::serve;
  }

 private:
  [[nodiscard]] bool too_late(Instant scheduled) const { return now_ - scheduled > rule_.deadline; }

  const DueRule& rule_;
  const Instant newest_;
  const Instant now_;
  Instant served_from_;
};

}  // namespace

DueSet due_between(const DueRule& rule, Instant cursor, std::optional<Instant> previous_scheduled,
                   Instant now, std::size_t limit, std::optional<Instant> joined_from) {
  DueSet set;
  set.cursor = std::max(cursor, now);
  const auto newest = previous(rule.cron, rule.zone, now + Seconds{1});
  if (!newest || newest->at <= cursor) return set;
  const Judge judge(rule, cursor, newest->at, now);

  for (auto fire = next(rule.cron, rule.zone, cursor); fire && fire->at <= newest->at;
       fire = next(rule.cron, rule.zone, fire->at)) {
    if (set.due.size() == std::max<std::size_t>(limit, 1)) {
      set.cursor = set.due.back().scheduled;
      set.joined_from = joined_from;
      return set;
    }
    Due due{fire->at, fire->why, window_for(rule.window, rule.cron, rule.zone, fire->at, previous_scheduled),
            judge.kind(fire->at)};
    if (due.kind == DueKind::merged) {
      due.served_by = newest->at;
      joined_from = std::min(joined_from.value_or(due.window.begin), due.window.begin);
    } else if (rule.missed == MissedPolicy::merge && due.kind == DueKind::serve && joined_from) {
      due.window.begin = std::min(*joined_from, due.window.begin);
    }
    previous_scheduled = fire->at;
    set.due.push_back(due);
  }
  return set;
}

}  // namespace dbssd::schedule
