#include "telemetry/log_outputs.h"

// The place in this source tree is the same for every line, and of no use to an operator.
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <fcntl.h>
#include <poll.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>
#include <vector>

namespace dbssd::telemetry {
namespace {

constexpr const char* kJournalSocket = "/run/systemd/journal/socket";
constexpr int kMostWaitMillis = 1000;

std::string reason(int number) { return std::generic_category().message(number); }

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

Expected<std::shared_ptr<DescriptorSink>> DescriptorSink::append_to(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
  if (descriptor < 0) return fail(ErrorKind::internal, "log file " + path + ": " + reason(errno));
  return std::shared_ptr<DescriptorSink>(new DescriptorSink(descriptor, true));
}

std::shared_ptr<DescriptorSink> DescriptorSink::borrow(int descriptor) {
  return std::shared_ptr<DescriptorSink>(new DescriptorSink(descriptor, false));
}

DescriptorSink::~DescriptorSink() {
  if (owned_) ::close(descriptor_);
}

void DescriptorSink::sink_it_(const spdlog::details::log_msg& message) {
  std::string line;
  line.reserve(message.payload.size() + 2);
  if (torn_) line += '\n';
  line.append(message.payload.data(), message.payload.size());
  line += '\n';
  const std::size_t done = write_all(descriptor_, line);
  if (done == line.size()) {
    torn_ = false;
    return;
  }
  const int number = errno;
  torn_ = torn_ ? done != 1 : done != 0;
  throw spdlog::spdlog_ex(reason(number));
}

Expected<std::shared_ptr<JournaldSink>> JournaldSink::connect() {
  // sd_journal_sendv drops everything silently where there is no journal.
  if (::access(kJournalSocket, W_OK) != 0) {
    return fail(ErrorKind::internal, std::string("no systemd journal (") + kJournalSocket + ": " +
                                         reason(errno) + "): set log.format to text or json");
  }
  return std::make_shared<JournaldSink>(sd_journal_sendv);
}

void JournaldSink::sink_it_(const spdlog::details::log_msg& message) {
  std::string_view rest(message.payload.data(), message.payload.size());
  std::vector<iovec> fields;
  while (!rest.empty()) {
    const std::size_t size = std::min(rest.find('\n'), rest.size());
    // sendv only reads; iovec has no const.
    fields.push_back({const_cast<char*>(rest.data()), size});
    rest.remove_prefix(std::min(size + 1, rest.size()));
  }
  const int result = send_(fields.data(), static_cast<int>(fields.size()));
  if (result < 0) throw spdlog::spdlog_ex(reason(-result));
}

}  // namespace dbssd::telemetry
