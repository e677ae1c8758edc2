// A thread of ours: it may not be to be had, and lets no exception out.
#pragma once

#include <atomic>
#include <exception>
#include <new>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <tl/expected.hpp>
#include <type_traits>
#include <utility>

namespace dbssd {

/// Told of what goes wrong with threads, and where those that have none find those that have some.
/// Thread-safe; outlives every thread that it is told of.
class ThreadWatch {
 public:
  virtual ~ThreadWatch() = default;
  /// The host grants no thread for this purpose, "a worker of prod". What needs one waits, and asks again.
  virtual void refused(std::string_view purpose, const std::error_code& why) noexcept = 0;
  /// The function of a thread let an exception out. What it was to do is not done, and nobody else does it.
  virtual void failed(std::string_view purpose, std::string_view what) noexcept = 0;

  /// For whoever can do nothing at all without a thread. The next one that can be done without ends.
  void want_one() noexcept { is_wanted_ = true; }
  /// True once for all who want one so far: whoever is told so ends a thread of its own.
  [[nodiscard]] bool give_one() noexcept { return is_wanted_.load() && is_wanted_.exchange(false); }

 private:
  std::atomic<bool> is_wanted_ = false;
};

/// Calls what a thread is for. Every function of a thread is called by this; without a watch nobody is told.
template <class Function>
void run_thread(std::string_view purpose, ThreadWatch* watch, Function&& function) noexcept {
  try {
    std::forward<Function>(function)();
  } catch (const std::exception& thrown) {
    if (watch != nullptr) watch->failed(purpose, thrown.what());
  } catch (...) {
    if (watch != nullptr) watch->failed(purpose, "something that is no exception");
  }
}

/// Begins a thread by run_thread(). `function` takes a stop token, or nothing. Why the host grants none,
/// where it does not: whoever asked tells the watch, when it holds no lock.
template <class Function>
[[nodiscard]] tl::expected<std::jthread, std::error_code> start_thread(std::string purpose,
                                                                       ThreadWatch* watch,
                                                                       Function function) {
  try {
    return std::jthread([purpose = std::move(purpose), watch,
                         function = std::move(function)](const std::stop_token& stop) mutable {
      run_thread(purpose, watch, [&] {
        if constexpr (std::is_invocable_v<Function&, const std::stop_token&>) {
          function(stop);
        } else {
          function();
        }
      });
    });
  } catch (const std::system_error& refusal) {
    return tl::make_unexpected(refusal.code());
  } catch (const std::bad_alloc&) {
    return tl::make_unexpected(std::make_error_code(std::errc::not_enough_memory));
  }
}

}  // namespace dbssd
