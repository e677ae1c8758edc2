#include "cli/at_once.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <vector>

#include "base/thread.h"

namespace dbssd::cli {

void at_once(std::size_t count, std::size_t most, const std::function<void(std::size_t)>& each) {
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr failure;  // guarded by mutex
  const auto take_turns = [&] {
    try {
      for (std::size_t i = next++; i < count; i = next++) each(i);
    } catch (...) {
      next = count;
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> others;
    while (others.size() + 1 < std::min(count, most)) {
      auto thread = start_thread("one of many", nullptr, take_turns);
      if (!thread) break;
      others.push_back(*std::move(thread));
    }
    take_turns();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace dbssd::cli
