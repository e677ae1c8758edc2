// A project as a planner's test needs it: a policy made of values, a cloud, a journal, and a lane between
// them, all of which live by a clock that only the test moves.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "fakes/fake_clock.h"
#include "fakes/fake_cloud.h"
#include "fakes/memory_journal.h"
#include "fakes/model_lane.h"

namespace dbssd::fakes {

/// What becomes of one call. By default it has its effect at once, and its answer arrives at once.
struct Fate {
  bool takes_effect = true;          ///< where it does not, `answer` says what is heard of it
  std::optional<Error> answer = {};  ///< arrives instead of the service's own
  Millis effect_after{};
  Millis answer_after{};  ///< not before the effect, unless `answer` is set
};

/// It never has an effect, and this is heard of it.
[[nodiscard]] inline Fate failing(ErrorKind kind, const std::string& message = "as it happens") {
  return {.takes_effect = false, .answer = Error{kind, message, {}, {}, 0}};
}

class World {
 public:
  static constexpr const char* kBegin = "2025-06-02T00:00:00Z";  ///< a Monday

  explicit World(const std::string& begin = kBegin,
                 std::string zone_directory = schedule::ZoneDatabase::default_directory());
  ~World();

  FakeClock clock;
  FakeCloud cloud;
  MemoryJournal memory_journal;
  journal::Journal* journal = &memory_journal;  ///< what the next lane is begun over
  schedule::ZoneDatabase zones;
  policy::Policy policy;  ///< what the next lane, or the next reload, gets
  std::unique_ptr<ModelLane> lane;
  std::function<Fate(const planner::Call&)> fate = [](const planner::Call&) { return Fate{}; };
  std::size_t room = 256;  ///< calls that may be under way at once

  // The policy.

  policy::StartRule& keep_running(int max_per_cycle = 20);
  /// Of the template t-sox, without spread.
  policy::ReportRule& report(const std::string& name, const std::string& cron,
                             const std::string& zone = "UTC");

  // The life of the process. It begins by itself when time is to pass.

  void begin() { lane = std::make_unique<ModelLane>(policy, *journal, zones, clock); }
  /// As after an answer that confirmed what the clock says.
  void begin_with_a_sure_clock() {
    begin();
    lane->memory.clock = {};
  }
  /// It is killed. Calls under way have their effect all the same, and nobody hears of it.
  void end();
  void restart();
  void reload() { lane->reload(policy); }

  // Time.

  /// All that happens without time passing.
  void run();
  /// Time passes; the lane wakes when its plan says so, and never otherwise. Throws where it wakes without
  /// end, and where it would have slept through something that was due.
  void run_for(Millis span);
  void run_until(const std::string& when) { run_for(WallTime(*parse_utc(when)) - clock.now().wall); }

  // Answers by hand.

  /// The first call under way of this kind: from now on the test's to answer.
  template <class C>
  [[nodiscard]] C take_call() {
    for (auto it = flights_.begin(); it != flights_.end(); ++it) {
      if (!std::holds_alternative<C>(it->action.call)) continue;
      C call = std::get<C>(it->action.call);
      flights_.erase(it);
      return call;
    }
    throw std::logic_error("no such call is under way");
  }
  void answer(planner::Call call, Expected<planner::Reply> reply);

  // What came of it.

  std::vector<planner::Action> calls;  ///< all that left, oldest first
  std::size_t idle_wakes = 0;          ///< wake-ups that a plan asked for and that brought nothing

  template <class C>
  [[nodiscard]] std::size_t count() const {
    std::size_t n = 0;
    for (const planner::Action& action : calls) n += std::holds_alternative<C>(action.call) ? 1U : 0U;
    return n;
  }
  [[nodiscard]] std::vector<telemetry::Event> said() const;  ///< by all lanes, oldest first
  [[nodiscard]] std::vector<telemetry::Event> said(telemetry::EventId id) const;
  [[nodiscard]] std::size_t count(telemetry::EventId id) const { return said(id).size(); }
  [[nodiscard]] std::vector<journal::RunRecord> runs() const;
  [[nodiscard]] std::vector<std::optional<journal::Outcome>> outcomes() const;

 private:
  struct Flight {
    planner::Action action;
    Fate fate;
    Millis effect_at{};
    std::optional<Millis> answer_at;  ///< nothing where nobody waits for it any more
    MonoTime sent_at{};
    std::optional<Expected<planner::Reply>> reply;  ///< once it had its effect
  };

  void depart(planner::Action&& action);
  [[nodiscard]] bool awaits_effect(const Flight& flight) const {
    return flight.fate.takes_effect && !flight.reply;
  }
  [[nodiscard]] bool is_due(const Flight& flight) const;
  [[nodiscard]] bool is_any_due() const;
  void deliver();
  [[nodiscard]] Expected<planner::Reply> perform(const planner::Call& call);
  [[nodiscard]] Millis until_next() const;
  void expect_nothing_due_before(Millis wake) const;

  std::vector<Flight> flights_;
  std::vector<telemetry::Event> said_before_;  ///< by the lanes that ended
};

}  // namespace dbssd::fakes
