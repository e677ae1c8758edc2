#include "cloud/api_paces.h"

#include <algorithm>
#include <cstdint>
#include <stop_token>

namespace dbssd::cloud {
namespace {

/// How long so many calls take.
MonoTime::duration time_of(std::size_t calls, double per_second) {
  return std::chrono::duration_cast<MonoTime::duration>(
      std::chrono::duration<double>(static_cast<double>(calls) / per_second));
}

}  // namespace

ApiPaces::Round ApiPaces::Api::next_round_of(const Member& who) {
  const auto [mine, is_new] = last.try_emplace(&who, round);
  if (!is_new) mine->second = std::max(round, mine->second + 1);
  return mine->second;
}

ApiPaces::Api& ApiPaces::api_of(std::string_view name) {
  const auto known = apis_.find(name);
  return known != apis_.end() ? known->second
                              : apis_.try_emplace(std::string(name), per_second_).first->second;
}

void ApiPaces::allow(double per_second) {
  per_second_ = per_second;
  for (auto& [name, api] : apis_) api.pace.allow(per_second);
}

Error ApiPaces::no_turn(std::string_view name, const Api& api, MonoTime now, std::size_t before) const {
  Error error;
  error.kind = ErrorKind::throttled;
  error.message = "no turn in time: the service has refused calls of " + std::string(name) +
                  ", and others of this user wait";
  const auto wait = api.pace.earliest() - now + time_of(before, api.pace.per_second());
  error.retry_after = std::chrono::ceil<Millis>(std::max<MonoTime::duration>(wait, Seconds{1}));
  return error;
}

ApiPaces::Member::Member(std::shared_ptr<ApiPaces> paces, int per_second, std::size_t most_waiting)
    : paces_(std::move(paces)),
      per_second_(per_second),
      most_waiting_(std::max<std::size_t>(most_waiting, 1)) {
  const std::lock_guard lock(paces_->mutex_);
  paces_->allow(paces_->per_second_ + per_second_);
}

ApiPaces::Member::~Member() {
  const std::lock_guard lock(paces_->mutex_);
  paces_->allow(paces_->per_second_ - per_second_);
  for (auto& [name, api] : paces_->apis_) api.last.erase(this);
}

Expected<void> ApiPaces::Member::enter(std::string_view name, const Patience& patience) {
  ApiPaces& all = *paces_;
  Waiter self;
  const std::stop_callback wake(patience.cancelled, [&] {
    const std::lock_guard lock(all.mutex_);
    self.turn.notify_one();
  });
  std::unique_lock lock(all.mutex_);
  Api& api = all.api_of(name);
  const MonoTime begun = all.clock_.now().mono;
  if (api.queue.empty() && !api.pace.is_slowed(begun)) return {};
  if (waiting_ >= most_waiting_) return fail(all.no_turn(name, api, begun, api.queue.size()));

  const Round round = api.next_round_of(*this);
  const Queue::iterator place = api.queue.emplace(round, &self);
  const auto before = static_cast<std::size_t>(std::distance(api.queue.begin(), place));
  ++waiting_;
  enum class End : std::uint8_t { let_in, cancelled, late } end = End::let_in;
  MonoTime now = begun;
  if (api.pace.earliest() + time_of(before, api.pace.per_second()) > patience.deadline) end = End::late;
  for (; end == End::let_in; now = all.clock_.now().mono) {
    const MonoTime free = api.pace.earliest();
    const bool first = api.queue.begin() == place;
    if (patience.is_cancelled()) {
      end = End::cancelled;
    } else if (first && free <= now) {
      break;
    } else if (patience.is_over(now) || free > patience.deadline) {
      end = End::late;
    } else {
      self.turn.wait_for(lock, first ? free - now : patience.left(now));
    }
  }
  --waiting_;
  api.queue.erase(place);  // before anything that can throw
  if (end == End::let_in) {
    api.pace.take(now);
    api.round = std::max(api.round, round);
  }
  if (api.queue.empty()) {
    api.last.clear();
  } else {
    api.queue.begin()->second->turn.notify_one();
  }
  if (end == End::cancelled) return fail(ErrorKind::not_sent, "cancelled");
  if (end == End::late) return fail(all.no_turn(name, api, now, before));
  return {};
}

void ApiPaces::Member::refused(std::string_view name, MonoTime let_in, const Error& error) {
  const std::lock_guard lock(paces_->mutex_);
  paces_->api_of(name).pace.refused(let_in, paces_->clock_.now().mono, parse_rate_limit(error.message),
                                    error.retry_after);
}

}  // namespace dbssd::cloud
