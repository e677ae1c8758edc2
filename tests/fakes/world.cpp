#include "fakes/world.h"

#include <algorithm>

namespace dbssd::fakes {

using planner::Call;
using planner::Reply;
using telemetry::Event;

namespace {

constexpr int kRoundsWithoutEnd = 10'000;

template <class T>
Expected<Reply> reply_of(Expected<T>&& answer) {
  if (!answer) return fail(std::move(answer.error()));
  return Reply(std::move(*answer));
}

Expected<Reply> reply_of(Expected<void>&& answer) {
  if (!answer) return fail(std::move(answer.error()));
  return Reply(planner::Accepted{});
}

}  // namespace

World::World(const std::string& begin, std::string zone_directory)
    : clock(*parse_utc(begin)), cloud(clock), zones(std::move(zone_directory)) {
  policy.projects.emplace_back();
  policy.projects.front().name = ProjectName("prod");
  policy.summary.busi_types.clear();
}

policy::StartRule& World::keep_running(int max_per_cycle) {
  policy::StartRule rule;
  rule.name = "keep-running";
  rule.max_per_cycle = max_per_cycle;
  return policy.instances.start.emplace_back(rule);
}

policy::ReportRule& World::report(const std::string& name, const std::string& cron, const std::string& zone) {
  const auto schedule = schedule::Cron::parse(cron);
  if (!schedule) throw std::invalid_argument(cron);
  policy::ReportRule rule{
      .name = ReportName(name), .report_template = {}, .schedule = *schedule, .time_zone = zone};
  rule.report_template.value = "t-sox";
  rule.spread = Seconds::zero();
  return policy.reports.emplace_back(std::move(rule));
}

World::~World() = default;

void World::end() {
  if (lane) said_before_.insert(said_before_.end(), lane->events.begin(), lane->events.end());
  lane.reset();
  for (Flight& flight : flights_) flight.answer_at.reset();
  std::erase_if(flights_, [this](const Flight& flight) { return !awaits_effect(flight); });
}

void World::restart() {
  end();
  begin();
}

void World::run() {
  if (!lane) begin();
  for (int rounds = 0; rounds < kRoundsWithoutEnd; ++rounds) {
    deliver();
    const auto under_way = static_cast<std::size_t>(lane->memory.in_flight);
    for (planner::Action& action : lane->turn(room - std::min(room, under_way))) depart(std::move(action));
    if (!is_any_due()) return;
  }
  throw std::logic_error("the planner is never done");
}

void World::run_for(Millis span) {
  const Millis end = clock.elapsed() + span;
  run();
  while (clock.elapsed() < end) {
    const Millis sleep = std::min(until_next(), end - clock.elapsed());
    if (sleep <= Millis::zero())
      throw std::logic_error("the planner wakes without end at " + format_utc_millis(clock.now().wall));
    expect_nothing_due_before(sleep);
    clock.advance(sleep);
    const std::size_t before = calls.size() + lane->events.size();
    const bool was_asked_for = !is_any_due() && clock.elapsed() < end;
    run();
    if (was_asked_for && calls.size() + lane->events.size() == before) ++idle_wakes;
  }
}

void World::answer(Call call, Expected<Reply> reply) {
  lane->take(
      {std::move(call), std::move(reply), clock.now().mono, Millis::zero(), {}, false, cloud.service_date()});
}

std::vector<Event> World::said() const {
  std::vector<Event> all = said_before_;
  if (lane) all.insert(all.end(), lane->events.begin(), lane->events.end());
  return all;
}

std::vector<Event> World::said(telemetry::EventId id) const {
  std::vector<Event> all = said();
  std::erase_if(all, [id](const Event& event) { return event.id != id; });
  return all;
}

std::vector<journal::RunRecord> World::runs() const {
  return memory_journal.all_runs(policy.projects.front().name);
}

std::vector<std::optional<journal::Outcome>> World::outcomes() const {
  std::vector<std::optional<journal::Outcome>> all;
  for (const journal::RunRecord& run : runs()) all.push_back(run.outcome);
  return all;
}

void World::depart(planner::Action&& action) {
  calls.push_back(action);
  const Fate met = fate(action.call);
  const Millis now = clock.elapsed();
  const Millis effect_at = now + met.effect_after;
  const Millis answer_at = met.answer ? now + met.answer_after : std::max(effect_at, now + met.answer_after);
  flights_.push_back({std::move(action), met, effect_at, answer_at, clock.now().mono, {}});
}

bool World::is_due(const Flight& flight) const {
  const Millis now = clock.elapsed();
  return (awaits_effect(flight) && flight.effect_at <= now) || (flight.answer_at && *flight.answer_at <= now);
}

bool World::is_any_due() const {
  return std::ranges::any_of(flights_, [this](const Flight& flight) { return is_due(flight); });
}

void World::deliver() {
  for (Flight& flight : flights_) {
    if (awaits_effect(flight) && flight.effect_at <= clock.elapsed())
      flight.reply = perform(flight.action.call);
    if (!flight.answer_at || *flight.answer_at > clock.elapsed()) continue;
    flight.answer_at.reset();
    Expected<Reply> heard =
        flight.fate.answer ? Expected<Reply>(fail(*flight.fate.answer)) : std::move(flight.reply.value());
    const auto date = flight.fate.answer ? std::nullopt : cloud.service_date();
    lane->take({flight.action.call, std::move(heard), flight.sent_at, flight.fate.answer_after, cloud.token,
                false, date});
  }
  std::erase_if(flights_,
                [this](const Flight& flight) { return !flight.answer_at && !awaits_effect(flight); });
}

Expected<Reply> World::perform(const Call& call) {
  struct Performer {
    World& world;
    Expected<Reply> operator()(const planner::ListInstances&) const {
      return reply_of(world.cloud.list_instances());
    }
    Expected<Reply> operator()(const planner::ListJobs& c) const {
      return reply_of(world.cloud.list_jobs(c.resource_id));
    }
    Expected<Reply> operator()(const planner::AskSummary& c) const {
      return reply_of(world.cloud.summary_task(c.busi_type));
    }
    Expected<Reply> operator()(const planner::ListTemplates& c) const {
      return reply_of(world.cloud.list_templates(c.instance));
    }
    Expected<Reply> operator()(const planner::StartInstance& c) const {
      return reply_of(world.cloud.start_instance(c.intent.instance));
    }
    Expected<Reply> operator()(const planner::CreateReport& c) const {
      const journal::RunRecord& run = c.intent;
      return reply_of(world.cloud.create_report(
          run.key.instance, {run.template_id, run.sent_begin, run.sent_end, run.databases}));
    }
    Expected<Reply> operator()(const planner::DownloadReport& c) const {
      if (auto got = world.cloud.download_report(c.run.instance, c.report_id, c.locale, {}); !got)
        return fail(std::move(got.error()));
      return Reply(planner::Downloaded{c.directory + "/" + c.report_id.str() + ".pdf", 7, "sha256-of-it"});
    }
    Expected<Reply> operator()(const planner::FindExpiredArchives& c) const {
      planner::ExpiredArchives found;
      for (const auto& rule : c.rules) {
        auto runs = world.journal->archived_runs(world.policy.projects.front().name, rule.report, rule.before,
                                                 rule.below, c.limit);
        if (!runs) return fail(std::move(runs.error()));
        found.runs.insert(found.runs.end(), runs->begin(), runs->end());
      }
      return Reply(std::move(found));
    }
    Expected<Reply> operator()(const planner::RemoveArchived&) const { return Reply(planner::Removed{}); }
    Expected<Reply> operator()(const planner::ListReports& c) const {
      auto listed = world.cloud.list_reports(c.instance, c.wanted);
      if (!listed) return fail(std::move(listed.error()));
      std::vector<ReportId> ids;
      for (const cloud::Report& report : listed->reports) ids.push_back(report.id);
      auto claimed = world.journal->claimed_reports(world.policy.projects.front().name, c.instance, ids);
      if (!claimed) return fail(std::move(claimed.error()));
      return Reply(planner::ReportsSeen{std::move(*listed), std::move(*claimed)});
    }
  };
  return std::visit(Performer{*this}, call);
}

/// How long the lane may sleep, by what its newest turn said, until something happens to it.
Millis World::until_next() const {
  const Now now = clock.now();
  Millis sleep = Seconds{3600};
  if (lane->next_wall)
    sleep = std::min(sleep, std::chrono::ceil<Millis>(WallTime(*lane->next_wall) - now.wall));
  if (lane->next_mono) sleep = std::min(sleep, std::chrono::ceil<Millis>(*lane->next_mono - now.mono));
  for (const Flight& flight : flights_) {
    if (awaits_effect(flight)) sleep = std::min(sleep, flight.effect_at - clock.elapsed());
    if (flight.answer_at) sleep = std::min(sleep, *flight.answer_at - clock.elapsed());
  }
  return sleep;
}

/// Promised: until the wake-up that a plan names, nothing new follows from what is known.
void World::expect_nothing_due_before(Millis wake) const {
  if (wake <= Millis{1} || lane->is_behind || static_cast<std::size_t>(lane->memory.in_flight) >= room)
    return;
  const Now now = clock.now();
  const Millis just_before = wake - Millis{1};
  const planner::Plan plan =
      planner::plan(lane->scope(), lane->memory, {now.wall + just_before, now.mono + just_before});
  if (plan.records.empty() && plan.actions.empty() && plan.events.empty()) return;
  throw std::logic_error(
      "the planner would have slept through " +
      (plan.actions.empty() ? "a decision" : planner::describe(plan.actions.front().call)));
}

}  // namespace dbssd::fakes
