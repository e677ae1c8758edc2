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
  move_onto(runs, std::move(other.runs));
  move_onto(jobs, std::move(other.jobs));
  move_onto(summaries, std::move(other.summaries));
}

Batch::Sizes Batch::sizes() const {
  return {instances.size(), starts.size(), schedules.size(), ended_schedules.size(),
          runs.size(),      jobs.size(),   summaries.size()};
}

void Batch::cut(const Sizes& sizes) {
  const auto shorten = [](auto& records, std::size_t size) {
    records.erase(records.begin() + static_cast<std::ptrdiff_t>(size), records.end());
  };
  shorten(instances, sizes[0]);
  shorten(starts, sizes[1]);
  shorten(schedules, sizes[2]);
  shorten(ended_schedules, sizes[3]);
  shorten(runs, sizes[4]);
  shorten(jobs, sizes[5]);
  shorten(summaries, sizes[6]);
}

}  // namespace dbssd::journal
