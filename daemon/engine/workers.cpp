#include "engine/workers.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace dbssd::engine {

Workers::Workers(std::size_t most, Millis stay) : stay_(stay), most_(std::max<std::size_t>(most, 1)) {}

Workers::~Workers() {
  Threads threads, left;
  {
    const std::scoped_lock lock(mutex_);
    jobs_.clear();
    threads.swap(threads_);
    left.swap(left_);
  }
  for (std::jthread& thread : threads) thread.request_stop();
}

void Workers::submit(std::function<void()> job) {
  {
    const std::scoped_lock lock(mutex_);
    jobs_.push_back(std::move(job));
    if (jobs_.size() > idle_ && threads_.size() < most_) add_thread();
  }
  arrived_.notify_one();
}

void Workers::allow(std::size_t most) {
  const std::scoped_lock lock(mutex_);
  most_ = std::max<std::size_t>(most, 1);
}

std::size_t Workers::threads() const {
  const std::scoped_lock lock(mutex_);
  return threads_.size();
}

void Workers::add_thread() try {
  threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
} catch (const std::system_error&) {
  if (threads_.empty()) throw;
}

void Workers::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    const bool has_job = arrived_.wait_for(lock, stop, stay_, [this] { return !jobs_.empty(); });
    --idle_;
    if (!has_job) {
      const Threads before = leave();
      lock.unlock();  // and then waits for them, which wait for nothing
      return;
    }
    const std::function<void()> job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    lock.lock();
  }
}

/// With the lock. A thread cannot wait for itself: the next one that leaves does.
Workers::Threads Workers::leave() {
  const auto self = std::ranges::find(threads_, std::this_thread::get_id(), &std::jthread::get_id);
  if (self == threads_.end()) return {};  // the destructor waits for it
  Threads before = std::exchange(left_, {});
  left_.push_back(std::move(*self));
  threads_.erase(self);
  return before;
}

}  // namespace dbssd::engine
