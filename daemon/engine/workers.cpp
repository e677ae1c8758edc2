#include "engine/workers.h"

#include <algorithm>
#include <utility>

namespace dbssd::engine {

Workers::Workers(std::size_t most, Terms terms)
    : terms_(std::move(terms)), most_(std::max<std::size_t>(most, 1)) {}

Workers::~Workers() {
  Threads threads, left;
  std::deque<std::function<void()>> dropped;  // first to go: a job under way may wait for what they hold
  {
    const std::scoped_lock lock(mutex_);
    dropped.swap(jobs_);
    threads.swap(threads_);
    left.swap(left_);
  }
  for (std::jthread& thread : threads) thread.request_stop();
}

void Workers::submit(std::function<void()> job) {
  {
    const std::scoped_lock lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  ask_for_threads();
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

bool Workers::is_stranded() const {
  const std::scoped_lock lock(mutex_);
  return !jobs_.empty() && threads_.empty();
}

bool Workers::run_stranded() {
  std::function<void()> job;
  {
    const std::scoped_lock lock(mutex_);
    if (jobs_.empty() || !threads_.empty()) return false;
    job = std::move(jobs_.front());
    jobs_.pop_front();
  }
  job();
  return true;
}

void Workers::ask_for_threads() {
  const std::error_code refusal = add_thread_where_wanted();
  if (refusal && terms_.watch != nullptr) terms_.watch->refused(terms_.purpose, refusal);
}

std::error_code Workers::add_thread_where_wanted() {
  const std::scoped_lock lock(mutex_);
  if (jobs_.size() <= idle_ || threads_.size() >= most_) return {};
  const MonoTime now = MonoTime::clock::now();
  if (now < ask_again_) return {};
  auto thread =
      start_thread(terms_.purpose, terms_.watch, [this](const std::stop_token& stop) { work(stop); });
  if (!thread) {
    ask_again_ = now + kAskAgain;
    if (threads_.empty() && terms_.watch != nullptr) {
      terms_.watch->want_one();
      wants_one_ = true;
    }
    return thread.error();
  }
  // Whoever else wants one says so again.
  if (std::exchange(wants_one_, false)) static_cast<void>(terms_.watch->give_one());
  threads_.push_back(*std::move(thread));
  return {};
}

void Workers::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    const bool has_job = arrived_.wait_for(lock, stop, terms_.stay, [this] { return !jobs_.empty(); });
    --idle_;
    if (!has_job) break;
    {
      const std::function<void()> job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job();
    }
    lock.lock();
    if (terms_.watch != nullptr && terms_.watch->give_one()) {
      ask_again_ = MonoTime::clock::now() + kAskAgain;  // and leaves it to whoever wants one
      break;
    }
  }
  const Threads before = leave();
  lock.unlock();  // and then waits for them, which wait for nothing
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
