// Runs a scenario under every order in which its threads can take turns.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>

namespace dbssd::interleaving {

struct Bounds {
  /// How often a thread that could go on is made to wait for another. Defects that take more are rare, and
  /// each further one multiplies the orders.
  int preemptions = 2;
  /// A wait for a condition may also end by itself, as the standard allows; each counts as a preemption.
  bool spurious_wakes = false;
  std::size_t most_schedules = 200'000;
};

/// Runs `scenario` again and again, each time with another order of its threads, until there is no other
/// within the bounds or one has failed; returns how many there were. All threads that the scenario starts,
/// std::jthread and what the product starts, take turns with it: one runs at a time, and another may go on
/// before each lock, at each wait, at each start and end of a thread, and at yield(). Time stands still, and
/// passes where a wait or a sleep runs out, which it may do as soon as it has begun. The product is what is
/// shipped: it is the system's functions that are replaced (intercept.cpp).
///
/// A failed expectation, a deadlock or a run without an end fails the test and is told with the order that
/// led to it, and so is an abort. Of a deadlock the threads stay behind.
///
/// The scenario must be the same each time: all that it needs, it makes. It must end all that it starts. What
/// threads share without a lock or an atomic wait is seen at the points named alone.
std::size_t explore(const std::function<void()>& scenario, Bounds bounds = {});

// For the scenario's threads.

/// Another thread may go on here.
void yield();
/// Time passes.
void pass(std::chrono::nanoseconds span);
/// So many threads can still be started; further ones the host refuses.
void grant_threads(int count);

}  // namespace dbssd::interleaving
