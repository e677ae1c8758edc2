#include "telemetry/lookout.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace dbssd::telemetry {

namespace {

constexpr const char* kPurpose = "the lookout of the status endpoint";

View failed(std::string why) { return {.status = {}, .gauges = {}, .failure = std::move(why)}; }

}  // namespace

Lookout::Lookout(const Clock& clock, Look look, std::function<void()> made, ThreadWatch* watch)
    : clock_(clock), look_(std::move(look)), made_(std::move(made)), watch_(watch) {}

std::shared_ptr<const View> Lookout::ask() {
  const MonoTime now = clock_.now().mono;
  std::unique_lock lock(mutex_);
  if (view_ && now < fresh_until_) return view_;
  wanted_ = true;
  asked_.notify_one();
  if (const std::error_code refusal = begin_thread()) {
    lock.unlock();
    if (watch_ != nullptr) watch_->refused(kPurpose, refusal);
    return std::make_shared<const View>(failed("the host grants no thread: " + refusal.message()));
  }
  return view_ && cost_ > kPatience ? view_ : nullptr;
}

/// With the lock.
std::error_code Lookout::begin_thread() {
  if (thread_.joinable() || stopped_) return {};
  auto thread = start_thread(kPurpose, watch_, [this](const std::stop_token& stop) { work(stop); });
  if (!thread) return thread.error();
  thread_ = *std::move(thread);
  return {};
}

void Lookout::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  thread_.request_stop();
}

View Lookout::look_safely(const std::stop_token& stop) const try {
  return look_(stop);
} catch (const std::exception& thrown) {
  return failed(std::string("unexpected: ") + thrown.what());
}

void Lookout::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (asked_.wait(lock, stop, [this] { return wanted_; })) {
    if (stop.stop_requested()) return;
    lock.unlock();
    const MonoTime begun = clock_.now().mono;
    auto view = std::make_shared<const View>(look_safely(stop));
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
