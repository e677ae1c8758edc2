// A lane with the thread that drives it and the workers that make its calls.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "engine/lane.h"
#include "engine/rhythm.h"
#include "engine/workers.h"

namespace dbssd::engine {

/// Its methods may be called from any thread; they only leave word for the lane's own.
class LaneThread {
 public:
  /// The lane is loaded already, and begin() has it run. The client outlives every call made with it.
  LaneThread(const Ports& ports, std::unique_ptr<Lane> lane, std::shared_ptr<cloud::CloudApi> client);
  /// Waits for every call under way. stop() first, and release it where that may take too long.
  ~LaneThread();

  /// Begins the lane's thread. False where the host grants none, which ports.threads has been told: to be
  /// called again. Of one thread, as has_begun() and has_ended().
  [[nodiscard]] bool begin();
  [[nodiscard]] bool has_begun() const { return thread_.joinable(); }

  /// Takes effect at the lane's next turn; calls under way end with the client that they began with.
  void reload(std::shared_ptr<const policy::Policy> policy, std::size_t project,
              std::shared_ptr<cloud::CloudApi> client);
  void zones_changed();
  void clock_jumped();
  void ask(Request request);
  /// Cancels the calls under way; the lane records what they come back with, and ends.
  void stop();
  /// True once the lane has ended and recorded all, or where it never began.
  [[nodiscard]] bool has_ended() const { return ended_ || !has_begun(); }

  /// When the lane last completed a turn.
  [[nodiscard]] MonoTime last_turn() const { return MonoTime(MonoTime::duration(last_turn_.load())); }

  /// Both clocks at the lane's newest turn, the wall clock no later than the time that was sure.
  [[nodiscard]] Now sure() const {
    const std::scoped_lock lock(mutex_);
    return sure_;
  }

  /// How the project stood at one of the lane's newest turns.
  [[nodiscard]] ProjectStanding standing() const {
    const std::scoped_lock lock(mutex_);
    return standing_;
  }

 private:
  struct Word {  ///< what was left for the lane's thread
    std::vector<planner::Answer> answers;
    std::vector<Request> requests;
    bool zones_changed = false;
    bool clock_jumped = false;
    bool stop = false;
    struct Reload {
      std::shared_ptr<const policy::Policy> policy;
      std::size_t project = 0;
      std::shared_ptr<cloud::CloudApi> client;
    };
    std::optional<Reload> reload;

    /// Something that is not put off, or so many answers.
    [[nodiscard]] bool is_worth_a_turn(std::size_t enough) const {
      return answers.size() >= enough || !requests.empty() || zones_changed || clock_jumped || stop || reload;
    }
  };

  void drive();
  void explain_where_asked();
  void tell_standing();
  void tell_time();
  void take(Word&& word);
  void make(planner::Action&& action);
  [[nodiscard]] Word wait(const Lane::Turn& turn);
  [[nodiscard]] bool sleep(std::unique_lock<std::mutex>& lock, std::size_t enough, Millis at_most);
  void wind_up();
  template <class Change>
  void leave_word(Change&& change);

  // Constant after construction.
  const Ports ports_;
  const std::unique_ptr<Lane> lane_;

  // The lane's thread alone.
  std::vector<std::shared_ptr<cloud::CloudApi>>
      clients_;  ///< newest last; older ones still have calls under way
  Rhythm rhythm_;
  bool stopping_ = false;
  MonoTime tells_again_at_{};

  std::atomic<MonoTime::rep> last_turn_;
  std::atomic<bool> ended_ = false;

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::condition_variable arrived_;
  Word word_;
  std::size_t enough_ = 1;  ///< answers for which the lane is woken
  ProjectStanding standing_;
  Now sure_;

  Workers workers_;      ///< their jobs use what is above
  std::jthread thread_;  ///< last: uses all of the above. The thread's that calls begin()
};

}  // namespace dbssd::engine
