#include "engine/requests.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/hash.h"
#include "engine/open_file.h"
#include "planner/runs.h"

namespace dbssd::engine {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLargest = 16 * 1024;
constexpr const char* kWaiting = ".json";
constexpr const char* kRefused = ".refused";

tl::unexpected<Error> failed(const std::string& what, const std::string& path) {
  return fail(ErrorKind::internal, "cannot " + what + " " + path + ": " + std::strerror(errno));
}

std::string text_of(const Request& request) {
  const planner::Asked& asked = request.asked;
  const Json document{{"project", request.project.str()},
                      {"report", asked.key.report.str()},
                      {"instance_id", asked.key.instance.str()},
                      {"scheduled_time", format_utc(asked.key.scheduled)},
                      {"window_begin", format_utc(asked.window.begin)},
                      {"window_end", format_utc(asked.window.end)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Expected<Request> request_of(const std::string& text) {
  const Json document = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) return fail(ErrorKind::malformed, "it is no JSON object");
  std::string missing;
  const auto member = [&](const char* name) {
    const auto it = document.find(name);
    if (it != document.end() && it->is_string() && !it->get_ref<const std::string&>().empty())
      return it->get<std::string>();
    missing = name;
    return std::string();
  };
  const auto instant = [&](const char* name) {
    const auto time = parse_utc(member(name));
    if (!time) missing = name;
    return time.value_or(Instant{});
  };
  Request request;
  request.project = ProjectName(member("project"));
  request.asked.key = {ReportName(member("report")), InstanceId(member("instance_id")),
                       instant("scheduled_time")};
  request.asked.window = {instant("window_begin"), instant("window_end")};
  if (!missing.empty()) return fail(ErrorKind::malformed, "it has no valid " + missing);
  // It would be taken for the schedule's own run, whose outcome is recorded once.
  if (!planner::is_by_hand(request.asked.key))
    return fail(ErrorKind::malformed, "its scheduled_time " + format_utc(request.asked.key.scheduled) +
                                          " is one that a schedule can name: no run that is asked for by "
                                          "hand has a whole minute; use dbssd trigger");
  if (request.asked.window.begin >= request.asked.window.end)
    return fail(ErrorKind::malformed, "its window is empty");
  return request;
}

/// A name that no two requests share, and that sorts by time.
std::string file_name(const Request& request) {
  const std::string text = text_of(request);
  return std::to_string(request.asked.key.scheduled.time_since_epoch().count()) + "-" +
         std::to_string(stable_hash({text})) + kWaiting;
}

Expected<std::string> read(const std::string& path) {
  const OpenFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file) return failed("read", path);
  struct stat status {};
  if (::fstat(file.descriptor(), &status) != 0) return failed("read", path);
  if (!S_ISREG(status.st_mode)) return fail(ErrorKind::malformed, "it is no regular file");
  std::string text(kLargest + 1, '\0');
  const ssize_t size = ::pread(file.descriptor(), text.data(), text.size(), 0);
  if (size < 0) return failed("read", path);
  text.resize(static_cast<std::size_t>(size));
  if (text.size() > kLargest) return fail(ErrorKind::malformed, "it is too large");
  return text;
}

/// The names of what waits, sorted.
std::vector<std::string> waiting(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code failure;
  for (fs::directory_iterator it(directory, failure), end; !failure && it != end; it.increment(failure))
    if (it->path().extension() == kWaiting) names.push_back(it->path().filename().string());
  std::ranges::sort(names);
  return names;
}

Expected<void> make_directory(const std::string& directory, const struct stat& owner) {
  if (::mkdir(directory.c_str(), 0750) != 0)
    return errno == EEXIST ? Expected<void>() : failed("create", directory);
  if (::geteuid() == 0 && ::lchown(directory.c_str(), owner.st_uid, owner.st_gid) != 0)
    return failed("give away", directory);
  return {};
}

void refuse(const std::string& path, const std::string& why, telemetry::EventSink& events,
            const std::optional<Request>& request) {
  telemetry::Event event;
  event.id = telemetry::EventId::report_request_refused;
  event.msg = "a report that was asked for by hand is not made";
  event.reason = why + "; set aside as " + path + kRefused;
  if (request) {
    event.project = request->project;
    event.report = request->asked.key.report;
    event.instance_id = request->asked.key.instance;
    event.window = request->asked.window;
  }
  events.emit(event);
  if (::rename(path.c_str(), (path + kRefused).c_str()) != 0) ::unlink(path.c_str());
}

}  // namespace

std::string requests_directory(const std::string& state_path) { return state_path + ".requests"; }

Expected<void> leave_request(const std::string& directory, const Request& request) {
  struct stat owner {};
  const std::string parent = fs::path(directory).parent_path().string();
  if (::stat(parent.c_str(), &owner) != 0) return failed("look at", parent);
  if (auto made = make_directory(directory, owner); !made) return made;
  const std::string path = directory + "/" + file_name(request);
  const std::string draft = path + ".part";
  const OpenFile file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640));
  if (!file) return failed("write", draft);
  const std::string text = text_of(request);
  const bool is_written =
      ::write(file.descriptor(), text.data(), text.size()) == std::ssize(text) &&
      (::geteuid() != 0 || ::fchown(file.descriptor(), owner.st_uid, owner.st_gid) == 0) &&
      ::fsync(file.descriptor()) == 0 && ::rename(draft.c_str(), path.c_str()) == 0;
  if (!is_written) {
    auto failure = failed("write", draft);
    ::unlink(draft.c_str());
    return failure;
  }
  return sync_directory(directory) == 0 ? Expected<void>() : failed("sync", directory);
}

Expected<bool> is_on_record(journal::Journal& journal, const Request& request) {
  const journal::RunKey& key = request.asked.key;
  const auto runs = journal.runs(request.project, {.from = key.scheduled,
                                                   .to = key.scheduled + Seconds{1},
                                                   .report = key.report,
                                                   .instance = key.instance});
  if (!runs) return fail(runs.error());
  return !runs->empty();
}

void serve_requests(const std::string& directory, journal::Journal& journal, telemetry::EventSink& events,
                    const std::function<std::string(const Request&)>& take) {
  for (const std::string& name : waiting(directory)) {
    const std::string path = directory + "/" + name;
    const Expected<Request> request = read(path).and_then(request_of);
    if (!request) {
      refuse(path, request.error().message, events, {});
      continue;
    }
    const auto known = is_on_record(journal, *request);
    if (!known) return;  // another time; the journal's own failures are said by who needs it
    if (*known) {
      ::unlink(path.c_str());
    } else if (const std::string why = take(*request); !why.empty()) {
      refuse(path, why, events, *request);
    }
  }
}

}  // namespace dbssd::engine
