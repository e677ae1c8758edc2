#include "service/directories.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <vector>

namespace dbssd::service {
namespace {

constexpr const char* kUser = "dbssd";
/// The unit makes these, for the user that it runs as.
constexpr std::array<std::string_view, 2> kOfTheUnit{"/var/lib/dbssd", "/var/log/dbssd"};

bool is_of_the_unit(const std::string& path) {
  return std::ranges::any_of(kOfTheUnit, [&](std::string_view own) {
    return path == own || path.starts_with(std::string(own) + '/');
  });
}

/// By the mode alone: what an access control list adds is not seen.
bool may_write(const passwd& user, const struct stat& directory) {
  constexpr mode_t kWriteAndSearch = 03;
  if (user.pw_uid == 0) return true;
  mode_t mode = directory.st_mode;
  if (directory.st_uid == user.pw_uid) return ((mode >> 6U) & kWriteAndSearch) == kWriteAndSearch;
  std::vector<gid_t> groups(64);
  int count = static_cast<int>(groups.size());
  getgrouplist(user.pw_name, user.pw_gid, groups.data(), &count);
  groups.resize(static_cast<std::size_t>(std::clamp(count, 0, 64)));
  if (std::ranges::find(groups, directory.st_gid) != groups.end()) mode >>= 3U;
  return (mode & kWriteAndSearch) == kWriteAndSearch;
}

bool may_be_written(const std::string& path, const struct stat& directory) {
  const bool by_us = access(path.c_str(), W_OK | X_OK) == 0;
  const passwd* const user = getpwnam(kUser);
  if (user == nullptr) return by_us;
  // Root can write anywhere, and who is somebody else may mean to run it as himself.
  return may_write(*user, directory) || (by_us && geteuid() != 0);
}

}  // namespace

std::optional<std::string> unwritable(const std::string& directory) {
  if (is_of_the_unit(directory)) return std::nullopt;
  struct stat status {};
  std::string there = directory;
  while (stat(there.c_str(), &status) != 0) {
    if (errno != ENOENT) return errno == ENOTDIR ? std::optional("is no directory") : std::nullopt;
    there = std::filesystem::path(there).parent_path().string();
  }
  if (!S_ISDIR(status.st_mode)) return "is no directory";
  if (may_be_written(there, status)) return std::nullopt;
  return there == directory ? "is closed to the user that dbssd runs as: chown or chmod it"
                            : "does not exist: create it for the user that dbssd runs as";
}

}  // namespace dbssd::service
