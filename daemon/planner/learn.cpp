#include <algorithm>
#include <utility>

#include "planner/backoff.h"
#include "planner/learn.h"
#include "planner/looks.h"
#include "planner/words.h"

namespace dbssd::planner {

using telemetry::Event;
using telemetry::EventId;

namespace {

constexpr Millis kHoldFirst = Seconds{1};
constexpr Millis kHoldCap = std::chrono::minutes{2};

bool concerns_everyone(ErrorKind kind) {
  return kind == ErrorKind::not_sent || kind == ErrorKind::throttled || kind == ErrorKind::unauthorized;
}

}  // namespace

Learned learn(const Scope& scope, const Answer& answer, const Now& now, Memory& memory) {
  Learned learned;
  const Learning in{scope, now, memory, learned};
  memory.in_flight = std::max(0, memory.in_flight - 1);
  if (asks_the_cloud(answer.call)) learn_health(in, answer);
  struct Part {
    const Learning& in;
    const Answer& answer;
    void operator()(const ListInstances&) const { learn_listing(in, answer); }
    void operator()(const StartInstance& call) const { learn_start(in, call, answer); }
    void operator()(const ListJobs& call) const { learn_jobs(in, call, answer); }
    void operator()(const AskSummary& call) const { learn_summary(in, call, answer); }
    void operator()(const ListTemplates& call) const { learn_templates(in, call, answer); }
    void operator()(const ListReports& call) const { learn_reports(in, call, answer); }
    void operator()(const CreateReport& call) const { learn_created(in, call, answer); }
    void operator()(const DownloadReport& call) const { learn_downloaded(in, call, answer); }
    void operator()(const FindExpiredArchives& call) const { learn_expired(in, call, answer); }
    void operator()(const RemoveArchived& call) const { learn_removed(in, call, answer); }
  };
  std::visit(Part{in, answer}, answer.call);
  return learned;
}

void learn_health(const Learning& in, const Answer& answer) {
  Health& health = in.memory.health;
  if (answer.reply) {
    if (health.failures == 0 || answer.sent_at < health.failed_at) return;
    Event event = event_of(EventId::cloud_recovered, in.scope, "the cloud answers again");
    event.duration = std::chrono::floor<Millis>(in.now.mono - *health.failing_since);
    in.say(std::move(event));
    health = {};
    return;
  }
  const Error& error = answer.reply.error();
  if (!concerns_everyone(error.kind)) return;
  ++health.failures;
  health.failed_at = in.now.mono;
  const Millis wait = backoff(in.scope.project.name.str(), health.failures, kHoldFirst, kHoldCap);
  health.hold_until = std::max(health.hold_until, in.now.mono + std::max(wait, asked_wait(error)));
  if (health.failing_since) return;
  health.failing_since = in.now.mono;
  // What a refused credential means is said by the client itself, as auth.*.
  if (error.kind == ErrorKind::unauthorized) return;
  const bool throttled = error.kind == ErrorKind::throttled;
  in.say(with_error(
      event_of(throttled ? EventId::cloud_throttled : EventId::cloud_unreachable, in.scope,
               throttled ? "the service throttles this project; calls are held back"
                         : "the cloud cannot be reached; what is known is kept, calls are retried"),
      error));
}

void say_failed_look(const Learning& in, Event event, const Look& look, const Error& error) {
  if (look.failures != 1 || concerns_everyone(error.kind)) return;
  event.id = error.kind == ErrorKind::malformed ? EventId::cloud_malformed : EventId::cloud_refused;
  in.say(with_error(std::move(event), error));
}

}  // namespace dbssd::planner
