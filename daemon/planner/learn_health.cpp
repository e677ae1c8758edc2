#include <algorithm>
#include <utility>

#include "planner/backoff.h"
#include "planner/learn.h"
#include "planner/words.h"

namespace dbssd::planner {

using telemetry::Event;
using telemetry::EventId;

namespace {

constexpr Millis kHoldFirst = Seconds{1};
constexpr Millis kHoldCap = std::chrono::minutes{2};
/// A credential or a permission is mended by people, and what is refused too often gets locked.
constexpr Millis kRefusedHoldCap = std::chrono::minutes{10};
/// So many different things that the service fails over, with nothing between them that went well, are more
/// than some that are broken. Where it is some all the same, the others are found soon.
constexpr int kSuspicions = 20;
constexpr Millis kSuspectedHoldCap = Seconds{30};
/// Refusals for the number of calls that are nearer to each other are one story: that of a pace which finds
/// its limit.
constexpr Millis kThrottledAgain = std::chrono::minutes{15};

Millis longest_hold(ErrorKind kind) {
  if (kind == ErrorKind::unauthorized) return kRefusedHoldCap;
  return is_suspicious(kind) ? kSuspectedHoldCap : kHoldCap;
}

/// A further try that fails says what is known: that this one thing fails.
bool is_outage(Health& health, ErrorKind kind, bool was_further) {
  if (concerns_everyone(kind)) return true;
  if (!is_suspicious(kind)) return false;
  if (health.failures > 0 && !health.only_throttled) return true;
  return !was_further && ++health.suspicions >= kSuspicions;
}

void tell(const Learning& in, const Error& error) {
  Health& health = in.memory.health;
  const bool throttled = error.kind == ErrorKind::throttled;
  const bool is_news = !throttled || health.failures >= kThrottledInARow || !health.throttled_at ||
                       in.now.mono - *health.throttled_at > kThrottledAgain;
  if (throttled) health.throttled_at = in.now.mono;
  if (health.told || !is_news) return;
  health.told = true;
  in.memory.listing.told = false;  // its recovery is that of all
  if (error.kind == ErrorKind::unauthorized) {
    // That it is refused is told by the client that found out; it can be another project's.
    Event event = event_of(EventId::auth_held, in.scope,
                           "the credential is refused; calls are held back, so that nothing gets locked");
    event.duration = std::chrono::ceil<Millis>(health.hold_until - in.now.mono);
    in.say(with_error(std::move(event), error));
    return;
  }
  const EventId id = throttled ? EventId::cloud_throttled : EventId::cloud_unreachable;
  const char* const msg =
      throttled ? "the service throttles this project; calls of that kind are held back"
      : error.kind == ErrorKind::not_sent
          ? "the cloud cannot be reached; what is known is kept, calls are retried"
          : "the service fails over whatever it is asked; what is known is kept, calls are retried";
  in.say(with_error(event_of(id, in.scope, msg), error));
}

void learn_answered(const Learning& in, const Answer& answer) {
  Health& health = in.memory.health;
  health.suspicions = 0;
  if (health.failures == 0 || !concerns(health, answer.call)) return;
  // While other calls are under way, those that left before the outage may be among them, and would begin it
  // anew. The one call that looks how it is leaves when there is no other.
  if (answer.sent_at < health.failed_at || held_in_flight(in.memory) > 0) return;
  if (health.told) {
    Event event = event_of(EventId::cloud_recovered, in.scope, "the cloud answers again");
    event.duration = std::chrono::floor<Millis>(in.now.mono - *health.failing_since);
    in.say(std::move(event));
  }
  Health well;
  well.throttled_at = health.throttled_at;
  health = well;
}

}  // namespace

void learn_health(const Learning& in, const Answer& answer, bool was_further) {
  if (answer.reply) return learn_answered(in, answer);
  Health& health = in.memory.health;
  const Error& error = answer.reply.error();
  if (!is_outage(health, error.kind, was_further)) return;
  // Calls that were under way together fail together: that is one failure, and to be left alone once for.
  const bool throttled = error.kind == ErrorKind::throttled;
  health.only_throttled = throttled && (health.failures == 0 || health.only_throttled);
  if (throttled) health.throttled_kinds.set(answer.call.index());
  if (health.failures == 0 || answer.sent_at >= health.failed_at) ++health.failures;
  health.failed_at = in.now.mono;
  if (!health.failing_since) health.failing_since = in.now.mono;
  const Millis wait =
      backoff(in.scope.project.name.str(), health.failures, kHoldFirst, longest_hold(error.kind));
  health.hold_until = std::max(health.hold_until, in.now.mono + std::max(wait, asked_wait(error)));
  tell(in, error);
}

}  // namespace dbssd::planner
