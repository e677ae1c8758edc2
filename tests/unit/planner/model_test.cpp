// Random policies over a random cloud, with everything that can go wrong going wrong, and what must hold all
// the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "fakes/world.h"
#include "planner/runs.h"
#include "schedule/fires.h"
#include "unit/planner/model_reports.h"

namespace dbssd {
namespace {

using journal::Outcome;
using journal::RunRecord;
using std::chrono::hours;
using std::chrono::minutes;
using telemetry::EventId;
using test::any_dialect;
using test::expect_a_run_for_each_report;
using test::expect_nothing_is_left;

constexpr Seconds kKeep = hours{2};

class Model {
 public:
  explicit Model(unsigned seed)
      : chance_(seed),
        world_(any<std::string>({"2025-03-09T03:00:00Z", "2025-03-29T20:00:00Z", "2025-06-02T00:00:00Z",
                                 "2025-11-02T01:00:00Z"})) {
    world_.room = 1 + pick(20);
    world_.cloud.dialect = any_dialect(chance_);
    if (!world_.cloud.dialect.says_zone)
      speak_in(any<std::string>({"UTC", "Asia/Shanghai", "America/New_York"}));
    world_.keep_running(1 + static_cast<int>(pick(3)));
    for (std::size_t i = 0, n = 1 + pick(4); i < n; ++i) add_instance();
    for (std::size_t i = 0, n = 1 + pick(3); i < n; ++i) add_rule();
    world_.fate = [this](const planner::Call& call) { return fate(call); };
  }

  void live(int steps) {
    for (int i = 0; i < steps; ++i) {
      disturb();
      world_.run_for(Seconds(pick(3600)));
    }
    // Peace: what is open must come to its end by itself.
    is_peaceful_ = true;
    for (auto& [id, machine] : world_.cloud.machines) machine.listed = true;
    decided_until_ = world_.clock.now().second();
    world_.run_for(hours{5});
    world_.end();
    events_ = world_.said();
  }

  void check() {
    check_outcomes();
    expect_a_run_for_each_report(world_);
    check_coverage();
    check_completeness();
    check_archives();
  }

  [[nodiscard]] std::size_t runs() const { return world_.runs().size(); }
  [[nodiscard]] std::size_t idle_wakes() const { return world_.idle_wakes; }
  [[nodiscard]] std::size_t removals() const { return world_.count(EventId::report_archive_removed); }

 private:
  std::size_t pick(std::size_t n) { return chance_() % n; }
  bool one_in(std::size_t n) { return pick(n) == 0; }
  template <class T>
  T any(std::initializer_list<T> of) {
    return *(of.begin() + static_cast<std::ptrdiff_t>(pick(of.size())));
  }

  /// In which zone windows are on the wire.
  void speak_in(const std::string& zone) {
    world_.cloud.zone = *zones_.find(zone);
    world_.policy.projects.front().api_time_zone = zone;
  }

  void add_instance() {
    using cloud::InstanceStatus;
    world_.cloud.add("i-" + std::to_string(++instances_),
                     any({InstanceStatus::active, InstanceStatus::active, InstanceStatus::shutoff}));
  }

  void add_rule() {
    using Kind = schedule::WindowRule::Kind;
    policy::ReportRule& rule =
        world_.report("rule-" + std::to_string(++rules_),
                      any<std::string>({"*/20 * * * *", "7 * * * *", "0 */3 * * *", "30 2 * * *",
                                        "5,35 1-5 * * *", "H H(0-5) * * *"}),
                      any<std::string>({"UTC", "Europe/Berlin", "America/New_York"}));
    rule.window.kind = any({Kind::since_previous, Kind::since_previous, Kind::previous_day, Kind::last});
    rule.window.last = Seconds(3600);
    rule.missed = any({schedule::MissedPolicy::latest, schedule::MissedPolicy::all,
                       schedule::MissedPolicy::merge, schedule::MissedPolicy::skip});
    rule.deadline = any<Seconds>({minutes{20}, hours{1}, hours{3}});
    rule.spread = any<Seconds>({minutes{0}, minutes{5}});
    rule.finish_within = any<Seconds>({minutes{5}, minutes{30}});
    rule.when_inactive = any({policy::WhenInactive::wait, policy::WhenInactive::skip});
    if (one_in(2)) rule.report_template = {policy::TemplateRef::By::type, any<std::string>({"SOX", "PCI"})};
    rule.databases = any<std::vector<std::string>>({{}, {}, {"d-1"}, {"d-2"}, {"d-1", "d-2"}});
    if (one_in(3)) rule.archive = policy::Archive{"/archive", "en-us", kKeep};
  }

  void disturb() {
    auto& machines = world_.cloud.machines;
    const auto machine = [&]() -> fakes::FakeCloud::Machine& {
      return std::next(machines.begin(), static_cast<std::ptrdiff_t>(pick(machines.size())))->second;
    };
    world_.cloud.report_takes = one_in(20) ? Millis{hours{1000}} : Millis{Seconds(10 + pick(300))};
    world_.cloud.hidden_for = Seconds(pick(20));
    trouble_ = one_in(3) ? 1 + pick(4) : 0;
    switch (pick(20)) {
      case 0:
        world_.restart();
        break;
      case 1:
        world_.clock.reboot();
        world_.restart();
        break;
      case 2:
        world_.clock.step(Seconds{-90});
        break;
      case 3:
        world_.clock.step(any<Millis>({hours{3} - minutes{1}, hours{3} + minutes{1}, Seconds{30}}));
        break;
      case 4:
        world_.clock.step(any<Millis>({-hours{3}, -minutes{10}}));
        break;
      case 5:
        world_.clock.suspend(hours{26});
        break;
      case 6:
        for (auto& entry : machines) {
          if (entry.second.active_at || !one_in(2)) continue;
          entry.second.seen.status = cloud::InstanceStatus::shutoff;
        }
        break;
      case 7:
        machine().listed = false;
        break;
      case 8:
        machine().listed = true;
        break;
      case 9:
        if (machines.size() < 4) add_instance();
        break;
      case 10:
        world_.memory_journal.fail_commits(1 + pick(5));
        break;
      case 11:
        if (world_.policy.reports.size() > 3) break;
        add_rule();
        if (world_.lane) world_.reload();
        break;
      case 12: {
        if (world_.policy.reports.size() < 2) break;
        const auto gone =
            world_.policy.reports.begin() + static_cast<std::ptrdiff_t>(pick(world_.policy.reports.size()));
        removed_.push_back(*gone);
        changed_.insert(gone->name);
        world_.policy.reports.erase(gone);
        if (world_.lane) world_.reload();
        break;
      }
      case 13:
        if (removed_.empty()) break;
        world_.policy.reports.push_back(removed_.back());
        removed_.pop_back();
        if (world_.lane) world_.reload();
        break;
      case 14: {
        policy::ReportRule& rule = world_.policy.reports.at(pick(world_.policy.reports.size()));
        changed_.insert(rule.name);
        rule.schedule = *schedule::Cron::parse(any<std::string>({"3 * * * *", "*/30 * * * *"}));
        if (world_.lane) world_.reload();
        break;
      }
      case 15:
        if (world_.lane) world_.lane->zones_changed();
        break;
      case 16:
        if (world_.cloud.dialect.says_zone) break;
        speak_in(any<std::string>({"UTC", "Asia/Shanghai", "America/New_York"}));
        if (world_.lane) world_.reload();
        break;
      default:
        break;
    }
  }

  fakes::Fate fate(const planner::Call& call) {
    if (const auto* create = std::get_if<planner::CreateReport>(&call))
      expect_nothing_is_left(world_, create->intent);
    fakes::Fate fate;
    fate.effect_after = Millis(pick(2'000));
    fate.answer_after = fate.effect_after + Millis(pick(2'000));
    if (is_peaceful_) return fate;
    const auto failing = [&fate](bool takes_effect, ErrorKind kind) {
      fate.takes_effect = takes_effect;
      fate.answer = Error{kind, "as it happens", {}, {}, 0};
    };
    if (trouble_ == 1) failing(false, ErrorKind::not_sent);  // an outage
    if (trouble_ == 2 && one_in(2)) {
      failing(false, ErrorKind::throttled);
      if (one_in(2)) fate.answer->retry_after = Seconds(pick(600));
    }
    if (trouble_ == 3 && one_in(2)) {  // answers get lost, of calls that arrive late or never
      failing(one_in(2), ErrorKind::outcome_unknown);
      fate.effect_after = Millis(pick(25'000));
      fate.answer_after = Seconds{30};
    }
    if (trouble_ == 4 && one_in(2))
      failing(false, any({ErrorKind::rejected, ErrorKind::not_found, ErrorKind::malformed,
                          ErrorKind::unauthorized}));
    // Of a list that is refused, on_unknown makes what it will: a second report.
    if (trouble_ == 4 && fate.answer && std::holds_alternative<planner::ListReports>(call))
      fate.answer->kind = ErrorKind::malformed;
    if (trouble_ == 4 && fate.answer && fate.answer->kind == ErrorKind::malformed)
      fate.takes_effect = one_in(2);
    if (!planner::changes_the_cloud(call) && one_in(10)) fate.answer_after = Seconds(pick(25));  // old news
    return fate;
  }

  void check_outcomes() const {
    for (const RunRecord& run : world_.runs())
      EXPECT_TRUE(run.outcome || run.key.scheduled > decided_until_)
          << text(run) << " is open: " << run.reason;
  }

  /// What no finished report covers has been said.
  void check_coverage() const {
    std::map<std::pair<ReportName, InstanceId>, Instant> covered;
    for (const RunRecord& run : world_.runs()) {
      const auto [it, is_first] = covered.try_emplace({run.key.report, run.key.instance}, run.window.begin);
      EXPECT_TRUE(run.window.begin <= it->second ||
                  is_named(run.key, {it->second, run.window.begin}, {EventId::report_gap}))
          << text(run) << " leaves a gap from " << format_utc(it->second);
      it->second = std::max(it->second, run.window.end);
      EXPECT_TRUE(!run.outcome || run.outcome == Outcome::finished ||
                  is_named(run.key, run.window,
                           {EventId::report_missed, EventId::report_expired, EventId::report_skipped,
                            EventId::report_failed}))
          << text(run) << " ended without a word";
    }
  }

  [[nodiscard]] bool is_named(const journal::RunKey& key, const Window& window,
                              std::initializer_list<EventId> ids) const {
    return std::ranges::any_of(events_, [&](const telemetry::Event& event) {
      return std::ranges::find(ids, event.id) != ids.end() && event.report == key.report &&
             event.instance_id == key.instance && event.window && event.window->begin <= window.begin &&
             event.window->end >= window.end;
    });
  }

  /// The schedules that nobody touched have a run for each time, and no other.
  void check_completeness() {
    std::map<std::pair<ReportName, InstanceId>, std::vector<Instant>> scheduled;
    for (const RunRecord& run : world_.runs())
      scheduled[{run.key.report, run.key.instance}].push_back(run.key.scheduled);
    auto remembered = world_.memory_journal.load(ProjectName("prod"), {});
    for (const journal::ScheduleRecord& record : remembered->schedules) {
      const auto rule = std::ranges::find(world_.policy.reports, record.report, &policy::ReportRule::name);
      if (rule == world_.policy.reports.end() || changed_.contains(record.report)) continue;
      const auto cron = rule->schedule.resolved(planner::schedule_hash(record.report, record.instance));
      const auto zone = zones_.find(rule->time_zone);
      std::vector<Instant> expected;
      for (auto fire = schedule::next(cron, *zone, record.since); fire && fire->at <= record.cursor;
           fire = schedule::next(cron, *zone, fire->at))
        expected.push_back(fire->at);
      EXPECT_EQ((scheduled[{record.report, record.instance}]), expected) << record.report.str();
    }
  }

  /// Files went once each, no earlier than they might, and are gone by the end.
  void check_archives() const {
    std::map<journal::RunKey, int> removals;
    for (const telemetry::Event& event : events_)
      if (event.id == EventId::report_archive_removed)
        ++removals[{event.report, event.instance_id, *event.scheduled_time}];
    for (const RunRecord& run : world_.runs()) {
      EXPECT_EQ(removals[run.key], run.archive_removed_at ? 1 : 0) << text(run);
      EXPECT_TRUE(!run.archive_removed_at || *run.archive_removed_at > run.key.scheduled + kKeep)
          << text(run);
    }
  }

  static std::string text(const RunRecord& run) {
    return run.key.report.str() + " on " + run.key.instance.str() + " at " + format_utc(run.key.scheduled);
  }

  std::mt19937 chance_;
  fakes::World world_;
  schedule::ZoneDatabase zones_;
  std::size_t trouble_ = 0;
  bool is_peaceful_ = false;
  int instances_ = 0;
  int rules_ = 0;
  std::vector<policy::ReportRule> removed_;
  std::set<ReportName> changed_;
  Instant decided_until_{};
  std::vector<telemetry::Event> events_;
};

TEST(PlannerModel, HoldsItsPromisesInAnyWeather) {
  std::size_t runs = 0, idle = 0, removals = 0;
  for (unsigned seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Model model(seed);
    ASSERT_NO_THROW(model.live(25));
    model.check();
    runs += model.runs();
    removals += model.removals();
    idle += model.idle_wakes();
    if (HasFailure()) break;
  }
  EXPECT_GT(runs, 500U) << "the weather was so bad that nothing happened";
  EXPECT_GT(removals, 20U);
  RecordProperty("idle_wakes", static_cast<int>(idle));
}

}  // namespace
}  // namespace dbssd
