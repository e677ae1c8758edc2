#include "engine/requests.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/hash.h"
#include "engine/guarded_directory.h"
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

/// A file of the directory, and how people know it.
struct Place {
  int directory;
  std::string name;
  std::string path;
};

/// What lies there may be anything, of any size, and put there by anybody who may write there.
Expected<std::string> read(const Place& place) {
  const OpenFile file(
      ::openat(place.directory, place.name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file) return failed("read", place.path);
  struct stat status {};
  if (::fstat(file.descriptor(), &status) != 0) return failed("read", place.path);
  if (!S_ISREG(status.st_mode)) return fail(ErrorKind::malformed, "it is no regular file");
  if (status.st_nlink > 1) return fail(ErrorKind::malformed, "it has another name: it is no request of ours");
  std::string text(kLargest + 1, '\0');
  const ssize_t size = ::pread(file.descriptor(), text.data(), text.size(), 0);
  if (size < 0) return failed("read", place.path);
  text.resize(static_cast<std::size_t>(size));
  if (text.size() > kLargest) return fail(ErrorKind::malformed, "it is too large");
  return text;
}

/// The names of what waits, sorted.
std::vector<std::string> waiting(int directory) {
  std::vector<std::string> names;
  // One of its own: who reads a directory moves on in it, and closes it at the end.
  const int reading = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> list(reading < 0 ? nullptr : ::fdopendir(reading), ::closedir);
  if (!list) return names;
  while (const dirent* entry = ::readdir(list.get()))
    if (std::string name = entry->d_name; name.ends_with(kWaiting)) names.push_back(std::move(name));
  std::ranges::sort(names);
  return names;
}

/// The directory of the requests below that of the state, which is made where it is missing. As root: what is
/// made belongs to whom the state belongs to, so that the daemon can take it away.
Expected<OpenFile> requests_below(const GuardedDirectory& parent, const std::string& directory) {
  const std::string name = fs::path(directory).filename().string();
  if (::mkdirat(parent.file.descriptor(), name.c_str(), 0750) != 0 && errno != EEXIST)
    return failed("create", directory);
  OpenFile requests(
      ::openat(parent.file.descriptor(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!requests) return failed("open", directory);
  struct stat status {};
  if (::fstat(requests.descriptor(), &status) != 0) return failed("look at", directory);
  if (::geteuid() != 0 || status.st_uid == parent.owner) return requests;
  // The only directory of root's that can be there is one that root made here.
  if (status.st_uid != 0)
    return fail(ErrorKind::internal, directory + ": belongs neither to root nor to the owner of " +
                                         fs::path(directory).parent_path().string() + ": remove it");
  if (::fchown(requests.descriptor(), parent.owner, parent.group) != 0) return failed("give away", directory);
  return requests;
}

/// A new file of that name, and none that was there before: what a killed command left is removed.
OpenFile create_anew(int directory, const std::string& name) {
  constexpr int kNew = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  OpenFile file(::openat(directory, name.c_str(), kNew, 0640));
  if (file || errno != EEXIST) return file;
  ::unlinkat(directory, name.c_str(), 0);
  return OpenFile(::openat(directory, name.c_str(), kNew, 0640));
}

void refuse(const Place& place, const std::string& why, telemetry::EventSink& events,
            const std::optional<Request>& request) {
  telemetry::Event event;
  event.id = telemetry::EventId::report_request_refused;
  event.msg = "a report that was asked for by hand is not made";
  event.reason = why + "; set aside as " + place.path + kRefused;
  if (request) {
    event.project = request->project;
    event.report = request->asked.key.report;
    event.instance_id = request->asked.key.instance;
    event.window = request->asked.window;
  }
  events.emit(event);
  const std::string aside = place.name + kRefused;
  if (::renameat(place.directory, place.name.c_str(), place.directory, aside.c_str()) != 0)
    ::unlinkat(place.directory, place.name.c_str(), 0);
}

}  // namespace

std::string requests_directory(const std::string& state_path) { return state_path + ".requests"; }

Expected<void> leave_request(const std::string& directory, const Request& request) {
  const auto parent = open_guarded(fs::path(directory).parent_path().string());
  if (!parent) return fail(parent.error());
  const auto requests = requests_below(*parent, directory);
  if (!requests) return fail(requests.error());
  const int at = requests->descriptor();
  const std::string name = file_name(request);
  const std::string draft = name + ".part";
  const OpenFile file = create_anew(at, draft);
  if (!file) return failed("write", directory + "/" + draft);
  const std::string text = text_of(request);
  const bool is_written =
      ::write(file.descriptor(), text.data(), text.size()) == std::ssize(text) &&
      (::geteuid() != 0 || ::fchown(file.descriptor(), parent->owner, parent->group) == 0) &&
      ::fsync(file.descriptor()) == 0 && ::renameat(at, draft.c_str(), at, name.c_str()) == 0;
  if (!is_written) {
    auto failure = failed("write", directory + "/" + draft);
    ::unlinkat(at, draft.c_str(), 0);
    return failure;
  }
  if (::fsync(at) != 0 || ::fsync(parent->file.descriptor()) != 0) return failed("sync", directory);
  return {};
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
  if (directory.empty()) return;
  const auto parent = open_guarded(fs::path(directory).parent_path().string());
  if (!parent) return;  // the journal's own failures are said by who needs it
  const OpenFile requests(::openat(parent->file.descriptor(), fs::path(directory).filename().c_str(),
                                   O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!requests) return;
  for (const std::string& name : waiting(requests.descriptor())) {
    const Place place{requests.descriptor(), name, directory + "/" + name};
    const Expected<Request> request = read(place).and_then(request_of);
    if (!request) {
      refuse(place, request.error().message, events, {});
      continue;
    }
    const auto known = is_on_record(journal, *request);
    if (!known) return;  // another time, likewise
    if (*known) {
      ::unlinkat(place.directory, name.c_str(), 0);
    } else if (const std::string why = take(*request); !why.empty()) {
      refuse(place, why, events, *request);
    }
  }
}

}  // namespace dbssd::engine
