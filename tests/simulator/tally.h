#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "simulator/call.h"
#include "simulator/clock.h"

namespace dbss_sim {

inline constexpr std::size_t kNoProject = static_cast<std::size_t>(-1);
inline constexpr int kNoAnswer = 0;  // the status of a call whose answer never left

struct CallCount {
  std::uint64_t total = 0;
  std::map<int, std::uint64_t> by_status;
};
using CallCounts = std::array<CallCount, kCallCount>;

struct InFlight {
  std::uint64_t now = 0, most = 0;
};

struct LoggedRequest {
  Instant at;
  Call call = Call::kUnknown;
  std::string method{}, path{}, query{};
  std::string project_id{}, instance_id{};  // what it is about, where that can be told
  std::string user_agent{};
  std::string fault{};  // the kind that struck, if any
  int status = kNoAnswer;
};

// What was asked for, how often, with what success: the witness that a test trusts more than the client's own
// word.
class Tally {
 public:
  static constexpr std::size_t kLogged = 20000;

  // `projects` is how many there are. Tickets of an earlier tally mean nothing to a later one whose first is
  // its next_ticket().
  explicit Tally(std::size_t projects, std::size_t first_ticket = 1)
      : per_project_(projects), in_flight_per_project_(projects), next_ticket_(first_ticket) {}

  // A request is in flight from here until finished() gets the returned ticket.
  std::size_t arrived(std::size_t project);
  void finished(std::size_t ticket);
  // `request.status` says how it ended.
  void answered(std::size_t project, LoggedRequest request);
  // A redirect that a client should not have followed.
  void redirect_followed(bool with_credentials);

  std::size_t next_ticket() const { return next_ticket_; }
  const CallCounts& total() const { return total_; }
  const CallCounts& of_project(std::size_t project) const { return per_project_[project]; }
  const InFlight& in_flight() const { return in_flight_; }
  const InFlight& in_flight_of_project(std::size_t project) const { return in_flight_per_project_[project]; }
  const std::deque<LoggedRequest>& log() const { return log_; }
  std::uint64_t redirects_followed() const { return redirects_followed_; }
  std::uint64_t credentials_redirected() const { return credentials_redirected_; }

 private:
  CallCounts total_;
  std::vector<CallCounts> per_project_;
  InFlight in_flight_;
  std::vector<InFlight> in_flight_per_project_;
  std::map<std::size_t, std::size_t> open_;  // ticket to project
  std::size_t next_ticket_;
  std::deque<LoggedRequest> log_;
  std::uint64_t redirects_followed_ = 0, credentials_redirected_ = 0;
};

}  // namespace dbss_sim
