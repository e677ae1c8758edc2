// An event sink that remembers what it was told.
#pragma once

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <vector>

#include "telemetry/event.h"

namespace dbssd::fakes {

class RecordingSink final : public telemetry::EventSink {
 public:
  void emit(const telemetry::Event& event) override {
    const std::lock_guard lock(mutex_);
    events_.push_back(event);
  }

  [[nodiscard]] std::vector<telemetry::Event> events() const {
    const std::lock_guard lock(mutex_);
    return events_;
  }
  [[nodiscard]] std::vector<telemetry::Event> events(telemetry::EventId id) const {
    std::vector<telemetry::Event> found = events();
    std::erase_if(found, [id](const telemetry::Event& event) { return event.id != id; });
    return found;
  }
  /// The ids alone, in order: what most tests compare.
  [[nodiscard]] std::vector<telemetry::EventId> ids() const {
    std::vector<telemetry::EventId> found;
    for (const telemetry::Event& event : events()) found.push_back(event.id);
    return found;
  }
  [[nodiscard]] std::size_t count(telemetry::EventId id) const { return events(id).size(); }
  void clear() {
    const std::lock_guard lock(mutex_);
    events_.clear();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<telemetry::Event> events_;
};

}  // namespace dbssd::fakes
