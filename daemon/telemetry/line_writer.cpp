#include "telemetry/line_writer.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string>

namespace dbssd::telemetry {
namespace {

constexpr int kMostWaitMillis = 1000;

/// Writes all of it, and returns how much of it before something failed; errno says what.
std::size_t write_all(int descriptor, std::string_view bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t size = ::write(descriptor, bytes.data() + done, bytes.size() - done);
    if (size > 0) {
      done += static_cast<std::size_t>(size);
    } else if (size < 0 && errno == EAGAIN) {
      pollfd ready{descriptor, POLLOUT, 0};  // somebody else made the descriptor non-blocking
      if (::poll(&ready, 1, kMostWaitMillis) == 0) {
        errno = EAGAIN;
        return done;
      }
    } else if (size == 0 || errno != EINTR) {
      return done;
    }
  }
  return done;
}

}  // namespace

int LineWriter::write(std::string_view line) {
  std::string bytes;
  bytes.reserve(line.size() + 2);
  if (torn_) bytes += '\n';
  bytes += line;
  bytes += '\n';
  const std::size_t done = write_all(descriptor_, bytes);
  const int number = errno;
  if (done == bytes.size()) {
    torn_ = false;
    return 0;
  }
  torn_ = torn_ ? done != 1 : done != 0;
  return number;
}

}  // namespace dbssd::telemetry
