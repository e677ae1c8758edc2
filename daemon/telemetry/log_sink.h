// The log: events as lines on standard output, in a file, or in the systemd journal.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/expected.h"
#include "base/time.h"
#include "telemetry/catalogue.h"
#include "telemetry/event.h"
#include "telemetry/format.h"

namespace spdlog {
class logger;
}

namespace dbssd::telemetry {

struct LogConfig {
  enum class Format : std::uint8_t { text, json, journald };
  Format format = Format::json;
  Level level = Level::info;        ///< events below it are dropped
  std::optional<std::string> file;  ///< appended to; absent: standard output. Not with journald
  Colour colour = Colour::off;      ///< of text
};

/// Thread-safe. A line is written whole, by one write(2) and without a buffer, before emit() returns: nothing
/// is left behind by a crash, and a pipe's reader sees each line at once. A line that cannot be written (disk
/// full, reader gone) is counted and dropped; the first of them is said on standard error. A file that was
/// rotated away is begun anew within a second. SIGPIPE must be ignored by the process.
class LogSink final : public EventSink {
 public:
  /// Fails where the file cannot be opened or there is no journal to write to. `clock` stamps the lines and
  /// must outlive the sink.
  [[nodiscard]] static Expected<std::unique_ptr<LogSink>> open(const LogConfig& config, const Clock& clock);

  ~LogSink() override;

  void emit(const Event& event) override;

  /// From the next event on; the file is opened anew also where nothing changed. On failure all stays as it
  /// was.
  [[nodiscard]] Expected<void> reconfigure(const LogConfig& config);

  /// Lines that could not be written so far.
  [[nodiscard]] std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

 private:
  struct Output {
    LogConfig::Format format{};
    Colour colour{};
    std::shared_ptr<spdlog::logger> logger;
  };

  explicit LogSink(const Clock& clock) : clock_(clock) {}
  [[nodiscard]] Expected<Output> make(const LogConfig& config);
  [[nodiscard]] Output output() const;
  void note_loss(const std::string& reason);

  const Clock& clock_;
  std::atomic<std::uint64_t> lost_{0};
  std::atomic<bool> said_{false};
  mutable std::mutex mutex_;  // guards output_
  Output output_;
};

}  // namespace dbssd::telemetry
