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
  Judge(const DueRule& rule, Instant cursor, Instant newest, Instant now, bool merges)
      : rule_(rule),
        missed_(merges ? MissedPolicy::merge : rule.missed),
        newest_(newest),
        now_(now),
        served_from_(newest) {
    if (missed_ == MissedPolicy::all) served_from_ = oldest_served(rule, cursor, newest);
  }

  [[nodiscard]] DueKind kind(Instant scheduled) const {
    const bool newest = scheduled == newest_;
    switch (missed_) {
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
  const MissedPolicy missed_;
  const Instant newest_;
  const Instant now_;
  Instant served_from_;
};

}  // namespace

DueSet due_between(const DueRule& rule, Instant cursor, std::optional<Instant> previous_scheduled,
                   Instant now, std::size_t limit, std::optional<Joined> joined) {
  DueSet set;
  set.cursor = std::max(cursor, now);
  const auto newest =
      joined ? Fire{joined->carrier, Why::exact} : previous(rule.cron, rule.zone, now + Seconds{1});
  if (!newest || newest->at <= cursor) return set;
  const Judge judge(rule, cursor, newest->at, now, joined.has_value());
  if (joined) set.cursor = newest->at;

  for (auto fire = next(rule.cron, rule.zone, cursor);; fire = next(rule.cron, rule.zone, fire->at)) {
    if (set.due.size() == std::max<std::size_t>(limit, 1)) {
      set.cursor = set.due.back().scheduled;
      set.joined = joined;
      return set;
    }
    if (!fire || fire->at > newest->at) fire = newest;
    Due due{fire->at, fire->why, window_for(rule.window, rule.cron, rule.zone, fire->at, previous_scheduled),
            judge.kind(fire->at)};
    if (due.kind == DueKind::merged) {
      due.served_by = newest->at;
      joined = Joined{newest->at, joined ? std::min(joined->begin, due.window.begin) : due.window.begin};
    } else if (due.kind == DueKind::serve && joined) {
      due.window.begin = std::min(joined->begin, due.window.begin);
    }
    previous_scheduled = fire->at;
    set.due.push_back(due);
    if (fire->at == newest->at) return set;
  }
}

}  // namespace dbssd::schedule
