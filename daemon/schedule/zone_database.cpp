#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "schedule/tzif.h"
#include "schedule/zone.h"

namespace dbssd::schedule {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestName = 100;
constexpr std::size_t kLargestFile = 1 << 18;

// What lies among the zones and is none to choose: copies with other rules, and this host's own choice.
bool is_other_tree(std::string_view name) {
  return name == "localtime" || name == "posixrules" || name == "Factory" || name == "posix" ||
         name == "right" || name.starts_with("posix/") || name.starts_with("right/");
}

// True for names as IANA makes them: relative, each part starting with a letter or digit. So no name leads
// out of the directory, and none is a rule of its own as ":/etc/localtime" or "EST5EDT,M3.2.0,M11.1.0" would
// be to the C library.
bool is_iana_name(std::string_view name) {
  if (name.empty() || name.size() > kLongestName || is_other_tree(name)) return false;
  bool at_start = true;
  for (const char c : name) {
    const bool inner = c == '_' || c == '-' || c == '+' || c == '/';
    if (!is_letter(c) && !is_digit(c) && (at_start || !inner)) return false;
    at_start = c == '/';
  }
  return !at_start;
}

std::optional<std::string> read_file(const std::string& path) {
  std::string bytes(kLargestFile, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file.eof()) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

std::string_view last_part(std::string_view name) { return name.substr(name.rfind('/') + 1); }

// Levenshtein's distance.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

}  // namespace

std::string ZoneDatabase::default_directory() {
  const char* directory = std::getenv("TZDIR");
  return directory != nullptr && *directory != '\0' ? directory : "/usr/share/zoneinfo";
}

ZoneDatabase::ZoneDatabase(std::string directory) : directory_(std::move(directory)) {}

std::optional<ZoneDatabase::Stamp> ZoneDatabase::stamp_of(const std::string& path) {
  struct stat s {};
  if (::stat(path.c_str(), &s) != 0 || !S_ISREG(s.st_mode)) return std::nullopt;
  const auto ns = [](const timespec& t) { return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec; };
  return Stamp{s.st_dev, s.st_ino, s.st_size, ns(s.st_mtim), ns(s.st_ctim)};
}

Expected<Zone> ZoneDatabase::find(std::string_view name) {
  const std::lock_guard lock(mutex_);
  for (const Entry& entry : entries_) {
    if (entry.zone.name() == name) return entry.zone;
  }
  if (!is_iana_name(name)) {
    return fail(ErrorKind::malformed, quoted(name) + " is no IANA time zone name" + suggestion(name));
  }
  const std::string path = directory_ + "/" + std::string(name);
  const auto stamp = stamp_of(path);
  const auto bytes = stamp ? read_file(path) : std::nullopt;
  if (!bytes) {
    if (name == "UTC") return Zone::utc();
    return fail(ErrorKind::malformed,
                "there is no time zone " + quoted(name) + " in " + directory_ + suggestion(name));
  }
  auto stretches = read_tzif(*bytes);
  if (!stretches) {
    return fail(ErrorKind::malformed,
                quoted(name) + " in " + directory_ + ": " + stretches.error().message + suggestion(name));
  }
  entries_.push_back({Zone(std::string(name), std::move(*stretches)), *stamp, *bytes});
  return entries_.back().zone;
}

bool ZoneDatabase::refresh() {
  const std::lock_guard lock(mutex_);
  names_.clear();
  bool any = false;
  for (Entry& entry : entries_) {
    const std::string path = directory_ + "/" + entry.zone.name();
    const auto stamp = stamp_of(path);
    if (!stamp || *stamp == entry.stamp) continue;
    auto bytes = read_file(path);
    if (!bytes) continue;
    // A damaged file may be one that is still being written: its stamp is not kept, so that the next look
    // reads it again.
    if (*bytes == entry.bytes) {
      entry.stamp = *stamp;
      continue;
    }
    auto stretches = read_tzif(*bytes);
    if (!stretches) continue;
    entry = {Zone(entry.zone.name(), std::move(*stretches)), *stamp, std::move(*bytes)};
    any = true;
  }
  return any;
}

std::vector<std::string> ZoneDatabase::names() const {
  std::vector<std::string> names;
  std::error_code ignored;
  for (auto it = fs::recursive_directory_iterator(directory_, ignored);
       it != fs::recursive_directory_iterator(); it.increment(ignored)) {
    const std::string name = it->path().lexically_relative(directory_).generic_string();
    if (is_other_tree(name) && it->is_directory(ignored)) it.disable_recursion_pending();
    if (!it->is_regular_file(ignored) || !is_iana_name(name)) continue;
    std::array<char, 4> magic{};
    std::ifstream(it->path(), std::ios::binary).read(magic.data(), magic.size());
    if (std::string_view(magic.data(), magic.size()) == "TZif") names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

// The name that differs least, if that is little; for "Berlin" the one that ends so.
std::string ZoneDatabase::suggestion(std::string_view name) {
  if (names_.empty()) names_ = names();
  const std::string wanted = to_upper(name.substr(0, kLongestName));
  std::string best;
  std::size_t least = std::max<std::size_t>(2, wanted.size() / 5) + 1;
  for (const std::string& candidate : names_) {
    const std::string shouted = to_upper(candidate);
    const std::size_t d =
        std::min<std::size_t>(distance(shouted, wanted), last_part(shouted) == wanted ? 1 : least);
    if (d < least && d < wanted.size()) {
      least = d;
      best = candidate;
    }
  }
  return best.empty() ? "" : "; did you mean " + best + "?";
}

}  // namespace dbssd::schedule
