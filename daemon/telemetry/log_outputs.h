// Where a line of the log can go beside a file (telemetry/log_file.h), as sinks of spdlog: each throws what
// keeps it from being written, and spdlog hands that to the logger's error handler.
#pragma once

#include <spdlog/sinks/base_sink.h>
#include <sys/uio.h>

#include <memory>
#include <mutex>

#include "base/expected.h"
#include "telemetry/line_writer.h"

namespace dbssd::telemetry {

/// Lines to a descriptor that is the process's, not its own.
class StreamSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit StreamSink(int descriptor) : writer_(descriptor) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override {}

  LineWriter writer_;
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
