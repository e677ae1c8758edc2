#include "telemetry/log_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "base/errno_text.h"

namespace dbssd::telemetry {
namespace {

constexpr Millis kBetweenLooks = Seconds{1};

int open_to_append(const std::string& path) {
  return ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
}

}  // namespace

Expected<std::shared_ptr<LogFile>> LogFile::open(const std::string& path, const Clock& clock,
                                                 Complain complain) {
  const int descriptor = open_to_append(path);
  if (descriptor < 0) return fail(ErrorKind::internal, "log file " + path + ": " + errno_text(errno));
  return std::shared_ptr<LogFile>(new LogFile(path, clock, std::move(complain), descriptor));
}

LogFile::LogFile(std::string path, const Clock& clock, Complain complain, int descriptor)
    : path_(std::move(path)),
      clock_(clock),
      complain_(std::move(complain)),
      writer_(descriptor),
      looked_at_(clock.now().mono) {}

LogFile::~LogFile() { ::close(writer_.descriptor()); }

void LogFile::sink_it_(const spdlog::details::log_msg& message) {
  const std::string_view line(message.payload.data(), message.payload.size());
  const MonoTime now = clock_.now().mono;
  if (now - looked_at_ >= kBetweenLooks || !is_named()) {
    looked_at_ = now;
    follow();
  }
  int failure = writer_.write(line);
  if (failure != 0 && follow()) failure = writer_.write(line);
  if (failure != 0) throw spdlog::spdlog_ex(errno_text(failure));
  if (complained_ && !is_named()) throw spdlog::spdlog_ex(path_ + " is gone");
}

bool LogFile::follow() {
  struct stat open {};
  struct stat named {};
  if (::fstat(writer_.descriptor(), &open) == 0 && ::stat(path_.c_str(), &named) == 0 &&
      open.st_dev == named.st_dev && open.st_ino == named.st_ino) {
    complained_ = false;
    return false;
  }
  const int descriptor = open_to_append(path_);
  if (descriptor < 0) {
    const int number = errno;
    if (!std::exchange(complained_, true)) complain_(path_ + " cannot be opened anew: " + errno_text(number));
    return false;
  }
  ::close(writer_.descriptor());
  writer_ = LineWriter(descriptor);
  complained_ = false;
  return true;
}

bool LogFile::is_named() const {
  struct stat open {};
  return ::fstat(writer_.descriptor(), &open) == 0 && open.st_nlink > 0;
}

}  // namespace dbssd::telemetry
