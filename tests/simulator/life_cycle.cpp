#include "simulator/life_cycle.h"

#include <algorithm>

namespace dbss_sim {
namespace {

// When a build's stages end, as shares of the whole.
constexpr double kInitEnds = 0.1;
constexpr double kReadyEnds = 0.2;
constexpr double kStandbyBegins = 0.7;

// After `active_at`, somebody shuts the instance off again, where the fleet says so.
void plan_flap(Instance& instance, const Pace& pace, Instant active_at) {
  if (!instance.spec.flap_seconds) return;
  const Instant off = active_at + pace.clock.span(*instance.spec.flap_seconds);
  instance.ahead.push_back({off, "ACTIVE", "powering-off", "shut off by somebody"});
  instance.ahead.push_back(
      {off + pace.clock.span(pace.behaviour.stop_seconds), "SHUTOFF", "NO_TASK", "shut off by somebody"});
}

void plan_build(Instance& instance, const Pace& pace, Instant now) {
  const BuildPlan& build = *instance.spec.build;
  instance.build_began = now;
  const Instant end = now + pace.clock.span(build.seconds);
  if (build.outcome != "SUCCESS") {
    instance.ahead.push_back({end, "ERROR", "NO_TASK", "creation failed"});
    return;
  }
  if (build.standby) {
    instance.ahead.push_back(
        {now + pace.clock.span(build.seconds * kStandbyBegins), "HAWAIT", "NO_TASK", "standby"});
  }
  instance.ahead.push_back({end, "ACTIVE", "NO_TASK", "created"});
  plan_flap(instance, pace, end);
}

Job job_of(const Instance& instance, std::string_view suffix, const Clock& clock, Instant begin,
           double seconds, std::string_view outcome, Instant now) {
  Job job{instance.spec.resource_id, "", begin, Instant::max()};
  std::erase(job.id, '-');
  job.id.replace(0, suffix.size(), suffix);
  if (now >= begin + clock.span(seconds)) {
    job.status = outcome;
    job.end = begin + clock.span(seconds);
  } else if (now >= begin + clock.span(seconds * kReadyEnds)) {
    job.status = "RUNNING";
  } else {
    job.status = now >= begin + clock.span(seconds * kInitEnds) ? "READY" : "INIT";
  }
  return job;
}

}  // namespace

int Report::percentum(Instant now) const {
  if (now >= finished) return 100;
  if (takes <= Span{0}) return 99;
  const auto percent = std::max<Span::rep>(0, (now - created).count()) * 100 / takes.count();
  // One that never finishes gets stuck on its way.
  return static_cast<int>(std::min<Span::rep>(percent, finished == Instant::max() ? 40 : 99));
}

void settle(Instance& instance, Instant now) {
  std::size_t due = 0;
  while (due < instance.ahead.size() && instance.ahead[due].at <= now) ++due;
  if (due == 0) return;
  const auto end = instance.ahead.begin() + static_cast<std::ptrdiff_t>(due);
  instance.spec.status = std::prev(end)->status;
  instance.spec.task = std::prev(end)->task;
  instance.history.insert(instance.history.end(), std::make_move_iterator(instance.ahead.begin()),
                          std::make_move_iterator(end));
  instance.ahead.erase(instance.ahead.begin(), end);
}

void begin_life(Instance& instance, const Pace& pace, Instant now, std::string_view why) {
  instance.ahead.clear();
  instance.history.push_back({now, instance.spec.status, instance.spec.task, why});
  if (instance.spec.status == "BUILD" && instance.spec.build) {
    plan_build(instance, pace, now);
  } else if (instance.spec.status == "ACTIVE" && instance.spec.task == "NO_TASK") {
    plan_flap(instance, pace, now);
  }
}

void begin_start(Instance& instance, const Pace& pace, Instant now) {
  const StartPlan& plan = instance.spec.start;
  if (plan.outcome == "ignored") return;
  instance.spec.task = "powering-on";
  instance.history.push_back({now, instance.spec.status, instance.spec.task, "start accepted"});
  if (plan.outcome == "never") return;
  const Instant end = now + pace.clock.span(plan.seconds.value_or(pace.behaviour.start_seconds));
  if (plan.outcome == "reverts") {
    instance.ahead.push_back({end, "SHUTOFF", "NO_TASK", "start failed"});
    return;
  }
  instance.ahead.push_back({end, "ACTIVE", "NO_TASK", "started"});
  plan_flap(instance, pace, end);
}

std::vector<Job> jobs_of(const Instance& instance, const Clock& clock, Instant now) {
  if (!instance.spec.build) {
    return {{job_of(instance, "8abf", clock, instance.created, 46, "SUCCESS", now)}};
  }
  const BuildPlan& build = *instance.spec.build;
  const Instant begin = instance.build_began;
  if (now < begin + clock.span(build.jobs_after)) return {};
  const bool standby = build.standby && build.outcome == "SUCCESS";
  const double first = standby ? build.seconds * kStandbyBegins : build.seconds;
  std::vector<Job> jobs{job_of(instance, "8abf", clock, begin, first, build.outcome, now)};
  const Instant second = begin + clock.span(first);
  if (standby && now >= second) {
    jobs.push_back(job_of(instance, "8abc", clock, second, build.seconds - first, build.outcome, now));
    if ((instance.quirks & 1) != 0) std::swap(jobs[0], jobs[1]);
  }
  return jobs;
}

}  // namespace dbss_sim
