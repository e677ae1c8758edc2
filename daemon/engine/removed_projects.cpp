#include "engine/removed_projects.h"

#include <algorithm>
#include <utility>

#include "planner/runs.h"

namespace dbssd::engine {

using journal::Outcome;
using journal::RunRecord;
using journal::RunState;
using telemetry::Event;
using telemetry::EventId;

namespace {

/// Runs and schedules, a commit: what a tick of the main thread may take.
constexpr std::size_t kMostAtOnce = 5'000;
constexpr const char* kReason = "the policy no longer has its project";

/// What one project comes to.
class Ending {
 public:
  Ending(const ProjectName& project, journal::Remembered remembered, Instant now)
      : project_(project), remembered_(std::move(remembered)), now_(now) {}

  [[nodiscard]] const journal::Batch& batch() const { return batch_; }
  [[nodiscard]] bool is_cut() const { return is_cut_; }

  void decide() {
    for (RunRecord& run : remembered_.open_runs)
      if (has_room()) end(std::move(run));
    for (const journal::Joined& joined : remembered_.joined) {
      if (!has_room()) break;
      batch_.served.push_back({joined.carrier, Outcome::skipped, kReason, now_});
      skipped_ += static_cast<std::size_t>(joined.runs);
      reach(joined.carrier.scheduled);
    }
    for (journal::ScheduleRecord& schedule : remembered_.schedules)
      if (!planner::is_ended(schedule) && has_room()) end(std::move(schedule));
  }

  void say(telemetry::EventSink& events) const {
    if (skipped_ > 0) {
      Event event = event_of(EventId::report_skipped);
      event.msg = std::to_string(skipped_) + " open runs of a project that was removed are skipped";
      event.reason = std::string(kReason) + "; scheduled until " + format_utc(newest_);
      events.emit(event);
    }
    if (covered_from_) {
      Event event = event_of(EventId::report_gap);
      event.msg = std::to_string(batch_.schedules.size()) +
                  " schedules of a project that was removed have ended: nothing covers what comes after";
      event.reason = kReason;
      event.window = Window{*covered_from_, now_};
      events.emit(event);
    }
  }

 private:
  [[nodiscard]] bool has_room() {
    is_cut_ = batch_.runs.size() + batch_.served.size() + batch_.schedules.size() >= kMostAtOnce;
    return !is_cut_;
  }

  [[nodiscard]] Event event_of(EventId id) const {
    Event event;
    event.id = id;
    event.project = project_;
    return event;
  }

  void reach(Instant scheduled) { newest_ = std::max(newest_, scheduled); }

  void end(RunRecord&& run) {
    if (run.outcome) {  // finished, and its file was still to come
      run.archive_pending = false;
      return batch_.runs.push_back(std::move(run));
    }
    if (run.state == RunState::submitting) {
      run.state = RunState::unknown;
      batch_.runs.push_back(run);
    }
    ++skipped_;
    reach(run.key.scheduled);
    planner::conclude(run, Outcome::skipped, kReason, now_);
    batch_.runs.push_back(std::move(run));
  }

  void end(journal::ScheduleRecord&& schedule) {
    schedule.cursor = std::max(schedule.cursor, now_);
    schedule.expression.clear();
    if (schedule.covered_until && *schedule.covered_until < now_)
      covered_from_ = std::min(covered_from_.value_or(now_), *schedule.covered_until);
    batch_.schedules.push_back(std::move(schedule));
  }

  const ProjectName& project_;
  journal::Remembered remembered_;
  const Instant now_;
  journal::Batch batch_;
  bool is_cut_ = false;
  std::size_t skipped_ = 0;
  Instant newest_{};
  std::optional<Instant> covered_from_;
};

}  // namespace

Expected<bool> end_removed_projects(const policy::Policy& policy, journal::Journal& journal,
                                    telemetry::EventSink& events, Instant now) {
  const auto projects = journal.projects();
  if (!projects) return fail(projects.error());
  for (const ProjectName& name : *projects) {
    if (std::ranges::find(policy.projects, name, &policy::Project::name) != policy.projects.end()) continue;
    auto remembered = journal.load(name, now);
    if (!remembered) return fail(std::move(remembered.error()));
    Ending ending(name, std::move(*remembered), now);
    ending.decide();
    if (auto done = journal.commit(name, ending.batch()); !done) return fail(std::move(done.error()));
    ending.say(events);
    if (ending.is_cut()) return true;
  }
  return false;
}

}  // namespace dbssd::engine
