#include "interleaving/explore.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <memory>

#include "interleaving/turns.h"

namespace dbssd::interleaving {
namespace {

/// The order that led to an abort is its cause, and would go with the process.
void tell_order(int) {
  const std::string trace = "aborted in this order:\n" + Turns::current().trace();
  static_cast<void>(!::write(STDERR_FILENO, trace.data(), trace.size()));
}

}  // namespace

std::size_t explore(const std::function<void()>& scenario, Bounds bounds) {
  struct sigaction told {
  }, before{};
  told.sa_handler = tell_order;
  told.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGABRT, &told, &before);
  Choices choices;
  std::size_t schedules = 0;
  bool more = true;
  for (; more && schedules < bounds.most_schedules; ++schedules) {
    auto turns = std::make_unique<Turns>(choices, bounds);
    if (!turns->run(scenario)) {
      ADD_FAILURE() << "no thread can go on, after " << schedules << " other orders:\n" << turns->trace();
      static_cast<void>(turns.release());  // its threads stay where they are
      break;
    }
    if (testing::Test::HasFailure()) {
      ADD_FAILURE() << "in this order:\n" << turns->trace();
      break;
    }
    more = choices.go_on();
  }
  if (more && schedules >= bounds.most_schedules) ADD_FAILURE() << "more orders than " << schedules;
  ::sigaction(SIGABRT, &before, nullptr);
  return schedules;
}

void yield() { Turns::current().yield(); }
void pass(std::chrono::nanoseconds span) { Turns::current().pass(span.count()); }
void grant_threads(int count) { Turns::current().grant_threads(count); }

}  // namespace dbssd::interleaving
