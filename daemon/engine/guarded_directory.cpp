#include "engine/guarded_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <deque>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/errno_text.h"

namespace dbssd::engine {
namespace {

namespace fs = std::filesystem;

constexpr int kMostLinks = 40;  // as the kernel has it
constexpr int kLook = O_PATH | O_NOFOLLOW | O_CLOEXEC;

/// Nobody else can make or replace what is in it.
bool is_ours(const struct stat& directory) {
  const bool owned = directory.st_uid == 0 || directory.st_uid == ::geteuid();
  const bool by_group = (directory.st_mode & S_IWGRP) != 0 && directory.st_gid != 0;
  return owned && !by_group && (directory.st_mode & S_IWOTH) == 0;
}

void put_first(std::deque<std::string>& steps, const fs::path& path) {
  std::deque<std::string> first;
  for (const fs::path& step : path.relative_path())
    if (!step.empty() && step != ".") first.push_back(step.string());
  steps.insert(steps.begin(), first.begin(), first.end());
}

Expected<std::string> target_of(const OpenFile& link) {
  std::array<char, PATH_MAX> target{};
  const ssize_t size = ::readlinkat(link.descriptor(), "", target.data(), target.size());
  if (size < 0 || static_cast<std::size_t>(size) == target.size())
    return fail(ErrorKind::internal, errno_text(size < 0 ? errno : ENAMETOOLONG));
  return std::string(target.data(), static_cast<std::size_t>(size));
}

/// From the root on, one step at a time.
class Walk {
 public:
  explicit Walk(const fs::path& path) { put_first(steps_, path); }

  Expected<OpenFile> to_its_end() {
    if (auto begun = begin(); !begun) return fail(std::move(begun.error()));
    while (!steps_.empty()) {
      const std::string step = std::move(steps_.front());
      steps_.pop_front();
      if (auto made = take(step); !made) return fail(std::move(made.error()));
    }
    return std::move(at_);
  }

 private:
  Expected<void> begin() {
    at_ = OpenFile(::open("/", kLook | O_DIRECTORY));
    where_ = "/";
    trusted_ = true;
    return look();
  }

  /// Whether links in the directory where it stands may be followed.
  Expected<void> look() {
    struct stat status {};
    if (!at_ || ::fstat(at_.descriptor(), &status) != 0) return failed(errno_text(errno));
    trusted_ = trusted_ && is_ours(status);
    return {};
  }

  Expected<void> take(const std::string& step) {
    OpenFile next(::openat(at_.descriptor(), step.c_str(), kLook));
    const fs::path there = step == ".." ? where_.parent_path() : where_ / step;
    if (!next) return fail(ErrorKind::internal, there.string() + ": " + errno_text(errno));
    struct stat status {};
    if (::fstat(next.descriptor(), &status) != 0) return failed(errno_text(errno));
    if (S_ISLNK(status.st_mode)) return follow(next, there);
    where_ = there;
    if (!S_ISDIR(status.st_mode)) return failed("is not a directory");
    at_ = std::move(next);
    return look();
  }

  Expected<void> follow(const OpenFile& link, const fs::path& there) {
    if (!trusted_)
      return fail(ErrorKind::internal,
                  there.string() +
                      ": is a link that its directory's owner may have planted, and is not "
                      "followed: name the directory that it leads to in state.path");
    if (++links_ > kMostLinks) return failed(errno_text(ELOOP));
    auto target = target_of(link);
    if (!target) return failed(target.error().message);
    put_first(steps_, *target);
    return target->starts_with('/') ? begin() : Expected<void>();
  }

  [[nodiscard]] tl::unexpected<Error> failed(const std::string& what) const {
    return fail(ErrorKind::internal, where_.string() + ": " + what);
  }

  std::deque<std::string> steps_;
  OpenFile at_{-1};
  fs::path where_;
  bool trusted_ = true;
  int links_ = 0;
};

}  // namespace

Expected<GuardedDirectory> open_guarded(const std::string& path) {
  std::error_code failure;
  const fs::path whole = fs::absolute(path, failure);
  if (failure) return fail(ErrorKind::internal, path + ": " + failure.message());
  const auto found = Walk(whole).to_its_end();
  if (!found) return fail(found.error());
  // What was found by looking alone can neither be read nor synced.
  GuardedDirectory directory{
      OpenFile(::openat(found->descriptor(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW))};
  struct stat status {};
  if (!directory.file || ::fstat(directory.file.descriptor(), &status) != 0)
    return fail(ErrorKind::internal, path + ": " + errno_text(errno));
  directory.owner = status.st_uid;
  directory.group = status.st_gid;
  return directory;
}

}  // namespace dbssd::engine
