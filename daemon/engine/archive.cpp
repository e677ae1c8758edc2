#include "engine/archive.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace dbssd::engine {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kHeadBytes = 4;

std::string safe_name(const std::string& text) {
  std::string name;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || (c == '.' && !name.empty());
    name += plain ? c : '_';
  }
  return name.empty() ? "_" : name.substr(0, 200);
}

/// "20250309T070000Z": sorts by time, and holds nothing that a file system minds.
std::string compact(Instant t) {
  std::string text = format_utc(t);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

std::string temporary(const std::string& stem) { return stem + ".part"; }

/// As `mkdir -p`, but with a mode that is not the process's umask's to widen.
std::error_code make_directories(const fs::path& directory) {
  fs::path made;
  for (const fs::path& part : directory) {
    made /= part;
    if (::mkdir(made.c_str(), 0750) != 0 && errno != EEXIST) return {errno, std::generic_category()};
  }
  return {};
}

/// A rename is durable once its directory is.
int sync_directory(const std::string& path) {
  const int directory = ::open(fs::path(path).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return errno;
  const int error = ::fsync(directory) == 0 ? 0 : errno;
  ::close(directory);
  return error;
}

}  // namespace

std::string archive_path(const std::string& directory, const ProjectName& project,
                         const journal::RunKey& run) {
  return (fs::path(directory) / safe_name(project.str()) / safe_name(run.report.str()) /
          (compact(run.scheduled) + "_" + safe_name(run.instance.str())))
      .string();
}

Expected<ArchiveFile> ArchiveFile::create(const std::string& path_without_extension) {
  const fs::path parent = fs::path(path_without_extension).parent_path();
  if (const std::error_code error = make_directories(parent)) {
    return fail(ErrorKind::internal, "cannot create the archive directory " + parent.string() + ": " +
                                         error.message() +
                                         "; give the service's user the right to write there");
  }
  const int descriptor = ::open(temporary(path_without_extension).c_str(),
                                O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (descriptor < 0) {
    return fail(ErrorKind::internal,
                "cannot write " + temporary(path_without_extension) + ": " + std::strerror(errno));
  }
  return ArchiveFile(path_without_extension, descriptor);
}

ArchiveFile::ArchiveFile(std::string stem, int descriptor)
    : stem_(std::move(stem)), descriptor_(descriptor) {}

ArchiveFile::ArchiveFile(ArchiveFile&& other) noexcept
    : stem_(std::move(other.stem_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      head_(std::move(other.head_)),
      error_(other.error_) {}

ArchiveFile::~ArchiveFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(temporary(stem_).c_str());
}

bool ArchiveFile::write(std::span<const char> bytes) {
  if (error_ != 0) return false;
  if (head_.size() < kHeadBytes)
    head_.append(bytes.data(), std::min(bytes.size(), kHeadBytes - head_.size()));
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      error_ = errno;
      return false;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

Expected<std::string> ArchiveFile::commit() {
  if (error_ != 0) return fail(failure("write", error_));
  if (head_.empty()) return fail(ErrorKind::malformed, "the downloaded report is empty");
  if (::fsync(descriptor_) != 0) return fail(failure("sync", errno));
  const std::string path = stem_ + (head_.starts_with("%PDF") ? ".pdf"
                                    : head_.starts_with("PK") ? ".zip"
                                                              : ".bin");
  if (::rename(temporary(stem_).c_str(), path.c_str()) != 0) return fail(failure("rename", errno));
  ::close(std::exchange(descriptor_, -1));
  if (const int error = sync_directory(path); error != 0)
    return fail(failure("sync the directory of", error));
  return path;
}

std::optional<Error> ArchiveFile::error() const {
  return error_ == 0 ? std::nullopt : std::optional(failure("write", error_));
}

Error ArchiveFile::failure(const std::string& what, int code) const {
  Error error;
  error.message = "cannot " + what + " " + temporary(stem_) + ": " + std::strerror(code);
  return error;
}

}  // namespace dbssd::engine
