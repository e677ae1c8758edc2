// What refusals have taught about the number of calls: of each API by itself, and for all who call it as one
// user.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/expected.h"
#include "cloud/pace.h"
#include "cloud/patience.h"

namespace dbssd::cloud {

/// The gateway counts the calls of each API by itself, and those of all projects that one user has in a
/// region together. So a refusal slows that API for all clients of that user, and nothing else. Of those who
/// wait for a slow one, each client has a call leave in turn: no backlog delays the call of another.
/// Thread-safe.
class ApiPaces {
 public:
  /// `clock` outlives it.
  explicit ApiPaces(const Clock& clock) : clock_(clock) {}

  /// A client of that user; keeps the paces.
  class Member {
   public:
    /// `per_second`: what it lets leave in a second by itself. Never more than `most_waiting` of its calls
    /// wait for slow APIs: who waits keeps a thread from calls of others.
    Member(std::shared_ptr<ApiPaces> paces, int per_second, std::size_t most_waiting);
    ~Member();
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;

    /// Waits until such a call may leave; at once where none was refused lately. throttled, at once, where
    /// that is not before the deadline or too many wait already; not_sent where the call is cancelled.
    [[nodiscard]] Expected<void> enter(std::string_view api, const Patience& patience);
    /// A call that was let in then came back throttled.
    void refused(std::string_view api, MonoTime let_in, const Error& error);

   private:
    friend class ApiPaces;
    const std::shared_ptr<ApiPaces> paces_;
    const double per_second_;
    const std::size_t most_waiting_;
    std::size_t waiting_ = 0;  ///< guarded by the paces' mutex
  };

 private:
  struct Waiter {
    std::condition_variable turn;
  };
  /// Rounds of the turns that clients have. A client's next turn is in a later round than its last one, and a
  /// client that comes anew is in the present round.
  using Round = std::uint64_t;
  using Queue = std::multimap<Round, Waiter*>;
  struct Api {
    explicit Api(double per_second) : pace(per_second) {}
    Pace pace;
    Queue queue;
    Round round = 0;
    std::map<const Member*, Round> last;
    [[nodiscard]] Round next_round_of(const Member& who);
  };

  Api& api_of(std::string_view name);
  void allow(double per_second);
  [[nodiscard]] Error no_turn(std::string_view name, const Api& api, MonoTime now, std::size_t before) const;

  const Clock& clock_;
  std::mutex mutex_;
  // Guarded by mutex_.
  double per_second_ = 0;  ///< of all members together
  std::map<std::string, Api, std::less<>> apis_;
};

}  // namespace dbssd::cloud
