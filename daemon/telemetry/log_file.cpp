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

/// Empty where lines may go there. A terminal and /dev/null are characters, as is /dev/stdout where that is
/// one of them: they take lines or refuse them. A pipe keeps whoever opens it waiting for a reader, and
/// whoever writes for one that has stopped to read, which would be every lane; and what was in it is gone
/// with its reader.
std::string fault_of(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return errno_text(errno);
  if (S_ISREG(status.st_mode) || S_ISCHR(status.st_mode)) return {};
  if (S_ISFIFO(status.st_mode))
    return "is a pipe: name a regular file, or leave log.file out and take the log from standard output";
  return "is neither a regular file nor a terminal";
}

/// Waits for nobody: what is opened that way and is a pipe is refused, with or without a reader.
Expected<int> open_to_append(const std::string& path) {
  const int descriptor =
      ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0640);
  if (descriptor < 0) {
    struct stat named {};
    const int number = errno;
    const bool is_pipe = number == ENXIO && ::stat(path.c_str(), &named) == 0 && S_ISFIFO(named.st_mode);
    return fail(ErrorKind::internal,
                is_pipe ? "is a pipe, and nobody reads it: name a regular file" : errno_text(number));
  }
  if (std::string fault = fault_of(descriptor); !fault.empty()) {
    ::close(descriptor);
    return fail(ErrorKind::internal, std::move(fault));
  }
  return descriptor;
}

}  // namespace

Expected<std::shared_ptr<LogFile>> LogFile::open(const std::string& path, const Clock& clock,
                                                 Complain complain) {
  const auto descriptor = open_to_append(path);
  if (!descriptor) return fail(ErrorKind::internal, "log file " + path + ": " + descriptor.error().message);
  return std::shared_ptr<LogFile>(new LogFile(path, clock, std::move(complain), *descriptor));
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
  const auto descriptor = open_to_append(path_);
  if (!descriptor) {
    if (!std::exchange(complained_, true))
      complain_(path_ + " cannot be opened anew: " + descriptor.error().message);
    return false;
  }
  ::close(writer_.descriptor());
  writer_ = LineWriter(*descriptor);
  complained_ = false;
  return true;
}

bool LogFile::is_named() const {
  struct stat open {};
  return ::fstat(writer_.descriptor(), &open) == 0 && open.st_nlink > 0;
}

}  // namespace dbssd::telemetry
