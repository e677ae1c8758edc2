#include "telemetry/log_sink.h"

#include <spdlog/logger.h>
#include <unistd.h>

#include <utility>

#include "telemetry/log_file.h"
#include "telemetry/log_outputs.h"

namespace dbssd::telemetry {
namespace {

spdlog::level::level_enum spdlog_level(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

/// A last resort has none itself.
void say(const std::string& what) {
  const std::string line = "dbssd: " + what + '\n';
  static_cast<void>(!::write(STDERR_FILENO, line.data(), line.size()));
}

Expected<spdlog::sink_ptr> sink_for(const LogConfig& config, const Clock& clock) {
  if (config.format == LogConfig::Format::journald) {
    if (config.file) return fail(ErrorKind::internal, "log.file and log.format journald exclude one another");
    return JournaldSink::connect();
  }
  if (config.file) {
    return LogFile::open(*config.file, clock,
                         [](const std::string& reason) { say("the log file " + reason); });
  }
  return std::make_shared<StreamSink>(STDOUT_FILENO);
}

}  // namespace

Expected<std::unique_ptr<LogSink>> LogSink::open(const LogConfig& config, const Clock& clock) {
  std::unique_ptr<LogSink> sink(new LogSink(clock));
  if (auto done = sink->reconfigure(config); !done) return fail(std::move(done.error()));
  return sink;
}

LogSink::~LogSink() = default;

Expected<LogSink::Output> LogSink::make(const LogConfig& config) {
  auto to = sink_for(config, clock_);
  if (!to) return fail(std::move(to.error()));
  auto logger = std::make_shared<spdlog::logger>("dbssd", std::move(*to));
  logger->set_level(spdlog_level(config.level));
  logger->set_error_handler([this](const std::string& reason) { note_loss(reason); });
  return Output{config.format, config.colour, std::move(logger)};
}

Expected<void> LogSink::reconfigure(const LogConfig& config) {
  auto made = make(config);
  if (!made) return fail(std::move(made.error()));
  {
    const std::lock_guard lock(mutex_);
    std::swap(output_, *made);
  }
  said_ = false;
  return {};
}

LogSink::Output LogSink::output() const {
  const std::lock_guard lock(mutex_);
  return output_;
}

void LogSink::emit(const Event& event) {
  try {
    const Output to = output();
    const auto level = spdlog_level(entry_of(event.id).level);
    if (!to.logger->should_log(level)) return;
    switch (to.format) {
      case LogConfig::Format::text:
        to.logger->log(level, format_text(event, clock_.now().wall, to.colour));
        break;
      case LogConfig::Format::json:
        to.logger->log(level, format_json(event, clock_.now().wall));
        break;
      case LogConfig::Format::journald:
        to.logger->log(level, format_journal(event));
        break;
    }
  } catch (...) {  // out of memory: the log is not what the daemon may die of
    lost_.fetch_add(1, std::memory_order_relaxed);
  }
}

void LogSink::note_loss(const std::string& reason) {
  lost_.fetch_add(1, std::memory_order_relaxed);
  if (said_.exchange(true)) return;
  say("the log cannot be written: " + reason);
}

}  // namespace dbssd::telemetry
