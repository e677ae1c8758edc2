#include "model/year/host.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "journal/sqlite_journal.h"

namespace dbssd::faults {

namespace fs = std::filesystem;
using std::chrono::hours;

namespace {

constexpr hours kRestartedEvery{211};
constexpr Seconds kUnnoticed{11};
constexpr const char* kParts[] = {"", "-wal", "-shm", ".lock"};

}  // namespace

fs::path Host::quickest_directory() {
  constexpr const char* kMemory = "/dev/shm";
  return ::access(kMemory, W_OK | X_OK) == 0 ? fs::path(kMemory) : fs::temp_directory_path();
}

Host::Host(const std::string& begin, const std::vector<Habit>& habits, const fs::path& parent)
    : directory_(parent), world_(begin, directory_.file("zones")) {
  world_.cloud.report_takes = world_.cloud.hidden_for = Seconds{1};
  world_.cloud.listed_for = hours{72};
  world_.policy.instances.reconcile_interval = hours{6};
  for (const Habit& habit : habits) {
    install_zone(habit.zone, habit.zone);
    world_.policy.reports.push_back(rule_of(habit));
  }
  for (const char* id : kInstances) {
    auto& machine = world_.cloud.add(id, cloud::InstanceStatus::active);
    machine.templates.clear();
    for (const Habit& habit : habits)
      machine.templates.push_back({TemplateId("t-" + habit.name), habit.name, habit.name});
  }
  // A process that is killed just when a report is asked for never hears that it is made.
  world_.fate = [](const planner::Call& call) {
    if (!std::holds_alternative<planner::CreateReport>(call)) return fakes::Fate{};
    return fakes::Fate{.effect_after = Millis{200}, .answer_after = Millis{500}};
  };
  open_journal();
}

void Host::live_for(Millis span) {
  const Millis end = world_.clock.elapsed() + span;
  for (;;) {
    if (!world_.lane) {
      world_.begin();
      begun_ = now();
    }
    const Instant begin = now();
    const Instant sure = planner::sure_now(world_.lane->memory.clock, world_.clock.now()).second();
    const Millis until_restart = begun_ + kRestartedEvery - begin;
    world_.run_for(std::max(Millis::zero(), std::min(until_restart, end - world_.clock.elapsed())));
    wakings_.push_back({begin, sure, now(), replaced_});
    if (world_.clock.elapsed() >= end) return;
    restart(lives_ % 2 == 0 ? Ended::killed : Ended::stopped, Seconds{3});
  }
}

void Host::live_until(const std::string& wall) {
  const Millis span = WallTime(parse_utc(wall).value()) - world_.clock.now().wall;
  if (span > Millis::zero()) live_for(span);
}

void Host::suspend(Millis span) {
  world_.clock.suspend(span);
  world_.clock.advance(kUnnoticed);
  world_.lane->clock_jumped();
}

void Host::step(Millis by) {
  world_.clock.step(by);
  world_.clock.advance(kUnnoticed);
  world_.lane->clock_jumped();
}

void Host::restart(Ended how, Millis down) {
  end(how);
  world_.clock.advance(down);
}

void Host::reboot(Millis down) {
  restart(Ended::killed, down);
  world_.clock.reboot();
}

void Host::replace_zone(const std::string& zone, const std::string& with) {
  install_zone(zone, with);
  replaced_[zone] = with;
  if (!world_.zones.refresh()) throw std::logic_error("the new zone data is not noticed");
  if (world_.lane) world_.lane->zones_changed();
}

std::vector<journal::RunRecord> Host::runs() {
  end(Ended::stopped);
  constexpr std::size_t kAll = 1'000'000;
  auto runs = journal_->runs(world_.policy.projects.front().name, {.limit = kAll}).value();
  std::ranges::sort(runs, {}, &journal::RunRecord::key);
  return runs;
}

/// As a package does it: the new file takes the old one's place.
void Host::install_zone(const std::string& name, const std::string& from) const {
  const fs::path to = fs::path(directory_.file("zones")) / name;
  fs::create_directories(to.parent_path());
  fs::copy_file(fs::path("/usr/share/zoneinfo") / from, to.string() + ".new");
  fs::rename(to.string() + ".new", to);
}

void Host::open_journal() {
  const std::string before = journal_path_;
  journal_path_ = directory_.file("state-" + std::to_string(lives_++) + ".db");
  if (!before.empty()) {
    for (const char* part : kParts)
      if (fs::exists(before + part)) fs::copy_file(before + part, journal_path_ + part);
  }
  journal_.reset();
  for (const char* part : kParts)
    if (!before.empty()) fs::remove(before + part);
  auto opened = journal::open_sqlite(journal_path_, journal::Access::read_write);
  if (!opened) throw std::runtime_error(opened.error().message);
  if (!opened->recovered.empty()) throw std::runtime_error("the journal was damaged");
  journal_ = std::move(opened->journal);
  world_.journal = journal_.get();
}

void Host::end(Ended how) {
  world_.end();
  if (how == Ended::stopped) journal_.reset();  // which empties the log
  open_journal();
}

}  // namespace dbssd::faults
