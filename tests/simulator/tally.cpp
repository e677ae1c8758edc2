#include "simulator/tally.h"

#include <algorithm>

namespace dbss_sim {
namespace {

void enter(InFlight& flight) { flight.most = std::max(flight.most, ++flight.now); }

}  // namespace

std::size_t Tally::arrived(std::size_t project) {
  enter(in_flight_);
  if (project != kNoProject) enter(in_flight_per_project_[project]);
  open_.emplace(next_ticket_, project);
  return next_ticket_++;
}

void Tally::finished(std::size_t ticket) {
  const auto open = open_.find(ticket);
  if (open == open_.end()) return;
  --in_flight_.now;
  if (open->second != kNoProject) --in_flight_per_project_[open->second].now;
  open_.erase(open);
}

void Tally::answered(std::size_t project, LoggedRequest request) {
  const auto add_to = [&](CallCounts& counts) {
    CallCount& count = counts[static_cast<std::size_t>(request.call)];
    ++count.total;
    ++count.by_status[request.status];
  };
  add_to(total_);
  if (project != kNoProject) add_to(per_project_[project]);
  if (log_.size() == kLogged) log_.pop_front();
  log_.push_back(std::move(request));
}

void Tally::redirect_followed(bool with_credentials) {
  ++redirects_followed_;
  if (with_credentials) ++credentials_redirected_;
}

}  // namespace dbss_sim
