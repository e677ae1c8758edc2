// What goes wrong with threads, as an operator is to see it.
#pragma once

#include <atomic>
#include <functional>

#include "base/thread.h"
#include "telemetry/event.h"

namespace dbssd::cli {

/// Says both in the log. After a thread that failed nobody does its work any more: the process is to end in
/// order, and to be begun anew by whoever began it.
class ThreadEvents final : public ThreadWatch {
 public:
  /// `end` begins the end and returns at once; called from any thread, once.
  ThreadEvents(telemetry::EventSink& events, std::function<void()> end);

  void refused(std::string_view purpose, const std::error_code& why) noexcept override;
  void failed(std::string_view purpose, std::string_view what) noexcept override;

  [[nodiscard]] bool has_failed() const { return failed_; }

 private:
  telemetry::EventSink& events_;
  const std::function<void()> end_;
  std::atomic<bool> failed_ = false;
};

}  // namespace dbssd::cli
