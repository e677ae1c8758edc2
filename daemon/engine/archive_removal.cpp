#include "engine/archive_removal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include "engine/open_file.h"

namespace dbssd::engine {

namespace fs = std::filesystem;

namespace {

constexpr int kDirectory = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

Error failure(const std::string& path, const std::string& what) {
  Error error;
  error.message = "cannot remove " + path + ": " + what;
  return error;
}

/// What leads from the directory to the file; nothing where the path is not below it as it is written.
std::vector<std::string> steps_below(const std::string& directory, const std::string& path) {
  const std::string top = directory.ends_with('/') ? directory : directory + '/';
  if (!path.starts_with(top)) return {};
  std::vector<std::string> steps;
  for (const fs::path& step : fs::path(path.substr(top.size()))) steps.push_back(step.native());
  const bool is_plain = std::ranges::all_of(steps, [](const std::string& step) {
    return !step.empty() && step != "." && step != ".." &&
           step.find_first_of(std::string("/\0", 2)) == step.npos;
  });
  return is_plain ? steps : std::vector<std::string>();
}

}  // namespace

Expected<bool> remove_archived(const std::string& directory, const std::string& path) {
  const std::vector<std::string> steps = steps_below(directory, path);
  if (steps.empty()) return fail(failure(path, "it is not below the archive directory " + directory));
  OpenFile at(::open(directory.c_str(), kDirectory));
  if (!at) return fail(failure(path, directory + ": " + std::strerror(errno)));
  // Step by step, so that no link that somebody planted on the way leads elsewhere.
  for (auto step = steps.begin(); step + 1 != steps.end(); ++step) {
    OpenFile next(::openat(at.descriptor(), step->c_str(), kDirectory | O_NOFOLLOW));
    const int error = errno;
    if (!next && error == ENOENT && step != steps.begin()) return false;
    if (!next) return fail(failure(path, *step + " on the way to it: " + std::strerror(error)));
    at = std::move(next);
  }
  const char* name = steps.back().c_str();
  struct stat status {};
  if (::fstatat(at.descriptor(), name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return false;
    return fail(failure(path, std::strerror(errno)));
  }
  if (!S_ISREG(status.st_mode)) return fail(failure(path, "it is not a plain file"));
  if (::unlinkat(at.descriptor(), name, 0) != 0) return fail(failure(path, std::strerror(errno)));
  if (::fsync(at.descriptor()) != 0) return fail(failure(path, std::strerror(errno)));
  return true;
}

}  // namespace dbssd::engine
