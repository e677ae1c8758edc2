// Where a line of the log can go, as sinks of spdlog: each throws what keeps it from being written, and
// spdlog hands that to the logger's error handler.
#pragma once

#include <spdlog/sinks/base_sink.h>
#include <sys/uio.h>

#include <mutex>
#include <string>

#include "base/expected.h"

namespace dbssd::telemetry {

/// Lines to a descriptor, which it closes only where it owns it.
class DescriptorSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  /// Opened to be appended to, so that several writers and a copy-and-truncate rotation do no harm.
  [[nodiscard]] static Expected<std::shared_ptr<DescriptorSink>> append_to(const std::string& path);
  [[nodiscard]] static std::shared_ptr<DescriptorSink> borrow(int descriptor);
  ~DescriptorSink() override;

 private:
  DescriptorSink(int descriptor, bool owned) : descriptor_(descriptor), owned_(owned) {}
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override {}

  int descriptor_;
  bool owned_;
  bool torn_ = false;  // the last line was written in part: the next one begins a line of its own
};

/// Fields, one NAME=value a line, to the systemd journal.
class JournaldSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  /// As sd_journal_sendv: 0 or a negative errno.
  using Send = int (*)(const iovec* fields, int count);

  [[nodiscard]] static Expected<std::shared_ptr<JournaldSink>> connect();
  explicit JournaldSink(Send send) : send_(send) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override {}

  Send send_;
};

}  // namespace dbssd::telemetry
