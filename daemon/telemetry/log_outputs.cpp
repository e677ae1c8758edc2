#include "telemetry/log_outputs.h"

// The place in this source tree is the same for every line, and of no use to an operator.
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <vector>

#include "base/errno_text.h"

namespace dbssd::telemetry {
namespace {

constexpr const char* kJournalSocket = "/run/systemd/journal/socket";

}  // namespace

void StreamSink::sink_it_(const spdlog::details::log_msg& message) {
  const int failure = writer_.write({message.payload.data(), message.payload.size()});
  if (failure != 0) throw spdlog::spdlog_ex(errno_text(failure));
}

Expected<std::shared_ptr<JournaldSink>> JournaldSink::connect() {
  // sd_journal_sendv drops everything silently where there is no journal.
  if (::access(kJournalSocket, W_OK) != 0) {
    return fail(ErrorKind::internal, std::string("no systemd journal (") + kJournalSocket + ": " +
                                         errno_text(errno) + "): set log.format to text or json");
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
  if (result < 0) throw spdlog::spdlog_ex(errno_text(-result));
}

}  // namespace dbssd::telemetry
