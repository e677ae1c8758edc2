#include "service/limits.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <vector>

namespace dbssd::service {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUnit = "dbssd.service";
/// The first that has the unit counts; drop-ins of all of them.
constexpr const char* kDirectories[] = {"etc/systemd/system", "run/systemd/system", "usr/lib/systemd/system",
                                        "lib/systemd/system"};

/// Nothing for "infinity" and for what is relative to the host's memory or threads.
std::optional<std::size_t> number_of(std::string_view text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (unit.empty()) return number;
  if (unit == "K") return number << 10U;
  if (unit == "M") return number << 20U;
  return std::nullopt;
}

/// Later ones override earlier ones.
void take_from_unit(const fs::path& file, Limits& limits) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    const auto take = [&](std::string_view key, std::optional<Limit>& limit) {
      if (!line.starts_with(key)) return;
      // A pair is soft:hard.
      const std::string value = line.substr(key.size(), line.find(':') - key.size());
      const auto most = number_of(value);
      limit = most ? std::optional(Limit{*most, line + " of " + kUnit}) : std::nullopt;
    };
    take("TasksMax=", limits.threads);
    take("LimitNOFILE=", limits.descriptors);
  }
}

bool read_unit(const fs::path& root, Limits& limits) {
  bool found = false;
  std::vector<fs::path> drop_ins;
  for (const char* directory : kDirectories) {
    const fs::path unit = root / directory / kUnit;
    std::error_code ignored;
    if (!found && fs::exists(unit, ignored)) {
      found = true;
      take_from_unit(unit, limits);
    }
    for (const auto& entry : fs::directory_iterator(unit.string() + ".d", ignored))
      if (entry.path().extension() == ".conf") drop_ins.push_back(entry.path());
  }
  std::ranges::sort(drop_ins, {}, &fs::path::filename);
  if (found) {
    for (const fs::path& file : drop_ins) take_from_unit(file, limits);
  }
  return found;
}

void lower(std::optional<Limit>& limit, std::size_t most, const std::string& set_by) {
  if (!limit || most < limit->most) limit = Limit{most, set_by};
}

/// Of the process's control group and of all above it.
void take_from_groups(const fs::path& root, Limits& limits) {
  std::ifstream lines(root / "proc/self/cgroup");
  for (std::string line; std::getline(lines, line);) {
    constexpr std::string_view kUnified = "0::/";
    if (!line.starts_with(kUnified)) continue;
    const fs::path top = root / "sys/fs/cgroup";
    for (fs::path group = fs::path(line.substr(kUnified.size()));; group = group.parent_path()) {
      std::ifstream file(top / group / "pids.max");
      std::string text;
      if (file >> text) {
        if (const auto most = number_of(text))
          lower(limits.threads, *most, "pids.max=" + text + " of the control group /" + group.string());
      }
      if (group.empty()) return;
    }
  }
}

void take_own(Limits& limits) {
  rlimit limit{};
  if (::geteuid() != 0 && ::getrlimit(RLIMIT_NPROC, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    lower(limits.threads, limit.rlim_cur, "`ulimit -u` of " + std::to_string(limit.rlim_cur));
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    lower(limits.descriptors, limit.rlim_cur, "`ulimit -n` of " + std::to_string(limit.rlim_cur));
}

}  // namespace

Limits limits_of_service(const std::string& root) {
  Limits limits;
  if (read_unit(root, limits)) return limits;
  take_from_groups(root, limits);
  take_own(limits);
  return limits;
}

}  // namespace dbssd::service
