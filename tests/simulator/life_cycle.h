#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "simulator/clock.h"
#include "simulator/fleet.h"

namespace dbss_sim {

// A report that an instance has, or will have finished.
struct Report {
  std::string id, name, type, template_id, template_type, format;
  std::string db_ids;
  Instant begin, end;                       // of the window that the service takes it to have
  Instant created, visible_from, finished;  // finished: Instant::max() for one that never will be
  Span takes{};
  bool requested = false;  // by a create_report call
  bool vanishes = false;   // instead of finishing
  bool deleted = false;

  bool listed(Instant now) const {
    return !deleted && now >= visible_from && !(vanishes && now >= created + takes);
  }
  int percentum(Instant now) const;
};

// A state an instance gets into, and when.
struct Step {
  Instant at;
  std::string status, task;
  std::string_view why;  // a literal
};

struct Instance {
  InstanceSpec spec;  // its status and task are the current ones
  std::size_t project = 0;
  std::uint64_t quirks = 0;  // what varies in its spelling
  Instant created;
  Instant build_began;      // of spec.build
  std::vector<Step> ahead;  // in time order, not reached yet
  std::vector<Step> history;
  std::vector<Instant> starts_accepted, starts_refused;
  std::vector<Report> reports;                           // in the order of creation
  std::unordered_map<std::string, int> times_requested;  // a report's template, window and databases
  bool removed = false;
};

// Shared by every instance: the spans its steps take.
struct Pace {
  const Clock& clock;
  const Behaviour& behaviour;
};

// Takes each step that is due. What a client or a test sees of an instance is only right after this.
void settle(Instance& instance, Instant now);

// The life from now on of an instance whose state was just set from outside.
void begin_life(Instance& instance, const Pace& pace, Instant now, std::string_view why);
// A start that was accepted: powering-on, and what spec.start makes of it.
void begin_start(Instance& instance, const Pace& pace, Instant now);

// A creation job as it stands; `status` is a word of the API.
struct Job {
  std::string id;
  std::string_view status;
  Instant begin;
  Instant end;  // Instant::max() while it runs
};
// Jobs of an instance, none while they do not show yet.
std::vector<Job> jobs_of(const Instance& instance, const Clock& clock, Instant now);

}  // namespace dbss_sim
