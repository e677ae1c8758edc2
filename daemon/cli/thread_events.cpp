#include "cli/thread_events.h"

#include <string>
#include <utility>

namespace dbssd::cli {

using telemetry::Event;
using telemetry::EventId;

namespace {

/// Memory may be what is missing: then the word is lost, and the end comes all the same.
void say(telemetry::EventSink& events, EventId id, const char* msg, std::string_view who,
         std::string_view what) noexcept try {
  Event event;
  event.id = id;
  event.msg = msg;
  event.reason = std::string(who) + ": " + std::string(what);
  events.emit(event);
} catch (const std::exception&) {
}

}  // namespace

ThreadEvents::ThreadEvents(telemetry::EventSink& events, std::function<void()> end)
    : events_(events), end_(std::move(end)) {}

void ThreadEvents::refused(std::string_view purpose, const std::error_code& why) noexcept {
  say(events_, EventId::service_short_of_threads, "the host grants no further thread; what needs one waits",
      purpose, why.message());
}

void ThreadEvents::failed(std::string_view purpose, std::string_view what) noexcept {
  say(events_, EventId::service_failed,
      "a thread has failed: the service ends, and looks up what was under way", purpose, what);
  if (!failed_.exchange(true)) end_();
}

}  // namespace dbssd::cli
