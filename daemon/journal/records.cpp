#include "journal/records.h"

#include <iterator>
#include <utility>

#include "journal/journal.h"

namespace dbssd::journal {
namespace {

template <class T>
void move_onto(std::vector<T>& to, std::vector<T>&& from) {
  if (to.empty()) {
    to = std::move(from);
  } else {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  }
}

/// What follows the first `kept`.
template <class T>
void move_from(std::vector<T>& from, std::size_t kept, std::vector<T>& to) {
  if (kept == 0) {
    to = std::exchange(from, {});
  } else {
    const auto first = from.begin() + static_cast<std::ptrdiff_t>(kept);
    to.assign(std::make_move_iterator(first), std::make_move_iterator(from.end()));
    from.erase(first, from.end());
  }
}

}  // namespace

std::string_view to_string(StartState state) {
  switch (state) {
    case StartState::requested:
      return "requested";
    case StartState::accepted:
      return "accepted";
    case StartState::rejected:
      return "rejected";
    case StartState::unknown:
      return "unknown";
    case StartState::confirmed:
      return "confirmed";
    case StartState::overdue:
      return "overdue";
  }
  return "unknown";
}

std::string_view to_string(RunState state) {
  switch (state) {
    case RunState::due:
      return "due";
    case RunState::submitting:
      return "submitting";
    case RunState::unknown:
      return "unknown";
    case RunState::accepted:
      return "accepted";
    case RunState::merged:
      return "merged";
    case RunState::settled:
      return "settled";
  }
  return "unknown";
}

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::finished:
      return "finished";
    case Outcome::failed:
      return "failed";
    case Outcome::missed:
      return "missed";
    case Outcome::expired:
      return "expired";
    case Outcome::skipped:
      return "skipped";
  }
  return "failed";
}

void Batch::append(Batch other) {
  if (other.project) project = std::move(other.project);
  move_onto(instances, std::move(other.instances));
  move_onto(starts, std::move(other.starts));
  move_onto(schedules, std::move(other.schedules));
  move_onto(ended_schedules, std::move(other.ended_schedules));
  move_onto(gone_instances, std::move(other.gone_instances));
  move_onto(runs, std::move(other.runs));
  move_onto(served, std::move(other.served));
  move_onto(jobs, std::move(other.jobs));
  move_onto(summaries, std::move(other.summaries));
}

Batch::Sizes Batch::sizes() const {
  return {instances.size(), starts.size(), schedules.size(), ended_schedules.size(), gone_instances.size(),
          runs.size(),      served.size(), jobs.size(),      summaries.size()};
}

void Batch::cut(const Sizes& sizes) { static_cast<void>(split(sizes)); }

Batch Batch::split(const Sizes& sizes) {
  Batch tail;
  move_from(instances, sizes[0], tail.instances);
  move_from(starts, sizes[1], tail.starts);
  move_from(schedules, sizes[2], tail.schedules);
  move_from(ended_schedules, sizes[3], tail.ended_schedules);
  move_from(gone_instances, sizes[4], tail.gone_instances);
  move_from(runs, sizes[5], tail.runs);
  move_from(served, sizes[6], tail.served);
  move_from(jobs, sizes[7], tail.jobs);
  move_from(summaries, sizes[8], tail.summaries);
  return tail;
}

}  // namespace dbssd::journal
