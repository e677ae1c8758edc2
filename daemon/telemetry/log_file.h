// A log file that may be rotated: as a sink of spdlog, which throws what keeps a line from being written.
#pragma once

#include <spdlog/sinks/base_sink.h>
#include <sys/stat.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "base/expected.h"
#include "base/time.h"
#include "telemetry/line_writer.h"

namespace dbssd::telemetry {

/// Appends, so that several writers and a copy-and-truncate rotation do no harm. Where the path names another
/// file than the one that is open, or none, it is opened anew: looked at before a line, once a second at
/// most, and at once where the open file has lost its last name or cannot be written. While that fails the
/// former file goes on; what is written to one without a name is lost. Regular files and characters, such as
/// a terminal, are taken; a pipe never is, and none is waited for.
class LogFile final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  /// What is said once of each failure to open it anew.
  using Complain = std::function<void(const std::string& reason)>;

  /// `clock` must outlive it.
  [[nodiscard]] static Expected<std::shared_ptr<LogFile>> open(const std::string& path, const Clock& clock,
                                                               Complain complain);
  ~LogFile() override;

 private:
  LogFile(std::string path, const Clock& clock, Complain complain, int descriptor);
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override {}
  /// Whether the lines go to another file than before.
  bool follow();
  [[nodiscard]] bool is_named() const;

  const std::string path_;
  const Clock& clock_;
  const Complain complain_;
  LineWriter writer_;
  MonoTime looked_at_;
  bool complained_ = false;
};

}  // namespace dbssd::telemetry
