#include <algorithm>
#include <utility>

#include "planner/learn.h"
#include "planner/looks.h"
#include "planner/words.h"

namespace dbssd::planner {

using telemetry::Event;
using telemetry::EventId;

namespace {

/// The time that the answer told counts for what is learnt from it.
void learn_time(const Answer& answer, const Now& read, Memory& memory) {
  if (answer.date) {
    take_date(memory.clock, *answer.date, read);
    // What this process is to look for first came due before it began, by whichever clock that is earlier.
    if (memory.clock.doubt == ClockDoubt::service)
      memory.began = std::min(memory.began, sure_now(memory.clock, read).second());
  } else if (answer.reply && std::holds_alternative<ListInstances>(answer.call)) {
    take_undated(memory.clock, read);
  }
}

}  // namespace

Learned learn(const Scope& scope, Answer answer, const Now& read, Memory& memory) {
  learn_time(answer, read, memory);
  Learned learned;
  const Now now = sure_now(memory.clock, read);
  const Learning in{scope, now, memory, learned};
  memory.in_flight = std::max(0, memory.in_flight - 1);
  int& of_kind = memory.in_flight_of.at(answer.call.index());
  of_kind = std::max(0, of_kind - 1);
  const bool says_of_the_cloud = asks_the_cloud(answer.call) && !(answer.cancelled && !answer.reply);
  if (says_of_the_cloud) {
    const bool was_further = failures_before(memory, answer.call) > 0;
    if (answer.reply) memory.retries.earn(was_further, now.mono);
    learn_health(in, answer, was_further);
  }
  struct Part {
    const Learning& in;
    Answer& answer;
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
  if (says_of_the_cloud) learn_reachability(in, answer);
  return learned;
}

void say_failed_look(const Learning& in, Event event, Look& look, const Error& error) {
  // Where the project fails as a whole, that is what is said.
  if (look.told || concerns_everyone(error.kind) || in.memory.health.failures > 0) return;
  look.told = true;
  event.id = error.kind == ErrorKind::malformed ? EventId::cloud_malformed : EventId::cloud_refused;
  in.say(with_error(std::move(event), error));
}

}  // namespace dbssd::planner
