#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "telemetry/gauges.h"
#include "telemetry/metrics.h"

namespace dbssd::telemetry {
namespace {

std::optional<double> resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double size = 0;
  double resident = 0;
  if (!(file >> size >> resident)) return std::nullopt;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

std::optional<double> open_descriptors() {
  std::error_code failure;
  const std::filesystem::directory_iterator descriptors("/proc/self/fd", failure);
  if (failure) return std::nullopt;
  return static_cast<double>(std::distance(begin(descriptors), end(descriptors)) -
                             1);  // without this look's own
}

std::optional<double> most_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::nullopt;
  return static_cast<double>(limit.rlim_cur);
}

std::optional<double> cpu_seconds() {
  timespec used{};
  if (::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) != 0) return std::nullopt;
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

}  // namespace

std::vector<prometheus::MetricFamily> process_metrics(WallTime started) {
  std::vector<prometheus::MetricFamily> families;
  const auto add = [&families](const char* name, const char* help, std::optional<double> value) {
    if (value) families.push_back(gauge(name, help, *value));
  };
  add("process_start_time_seconds", "When the process began, since 1970.",
      std::chrono::duration<double>(started.time_since_epoch()).count());
  add("process_resident_memory_bytes", "Memory that the process has in use.", resident_bytes());
  add("process_open_fds", "Open file descriptors.", open_descriptors());
  add("process_max_fds", "The limit of open file descriptors.", most_descriptors());
  if (const auto used = cpu_seconds())
    families.push_back(counter("process_cpu_seconds_total", "CPU time that the process has used.", *used));
  return families;
}

}  // namespace dbssd::telemetry
