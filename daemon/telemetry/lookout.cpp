#include "telemetry/lookout.h"

#include <algorithm>
#include <utility>

namespace dbssd::telemetry {

Lookout::Lookout(const Clock& clock, Look look, std::function<void()> made)
    : clock_(clock),
      look_(std::move(look)),
      made_(std::move(made)),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

std::shared_ptr<const View> Lookout::ask() {
  const MonoTime now = clock_.now().mono;
  const std::lock_guard lock(mutex_);
  if (view_ && now < fresh_until_) return view_;
  wanted_ = true;
  asked_.notify_one();
  return view_ && cost_ > kPatience ? view_ : nullptr;
}

void Lookout::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (asked_.wait(lock, stop, [this] { return wanted_; })) {
    if (stop.stop_requested()) return;
    lock.unlock();
    const MonoTime begun = clock_.now().mono;
    auto view = std::make_shared<const View>(look_(stop));
    const MonoTime ended = clock_.now().mono;
    lock.lock();
    view_ = std::move(view);
    cost_ = ended - begun;
    fresh_until_ = ended + std::clamp<MonoTime::duration>(cost_ * kThrift, kFresh, kStale);
    wanted_ = false;
    lock.unlock();
    made_();
    lock.lock();
  }
}

}  // namespace dbssd::telemetry
