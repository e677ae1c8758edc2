#include "engine/workers.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace dbssd::engine {

Workers::Workers(std::size_t most) : most_(std::max<std::size_t>(most, 1)) {}

Workers::~Workers() {
  std::vector<std::jthread> threads;
  {
    const std::scoped_lock lock(mutex_);
    jobs_.clear();
    threads.swap(threads_);
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

void Workers::add_thread() try {
  threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
} catch (const std::system_error&) {
  if (threads_.empty()) throw;
}

void Workers::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    const bool has_job = arrived_.wait(lock, stop, [this] { return !jobs_.empty(); });
    --idle_;
    if (!has_job) return;
    const std::function<void()> job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    lock.lock();
  }
}

}  // namespace dbssd::engine
