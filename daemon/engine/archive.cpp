#include "engine/archive.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/ascii.h"
#include "base/hash.h"
#include "engine/open_file.h"

namespace dbssd::engine {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kHeadBytes = 4;
constexpr std::size_t kLongestName = 200;  // a file system takes 255 bytes, with all that is added

std::string hex(std::uint64_t value) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
  return {digits.data(), end};
}

std::string safe_name(const std::string& text) {
  std::string name;
  for (const char c : text) {
    const bool plain = is_letter(c) || is_digit(c) || c == '-' || c == '_' || (c == '.' && !name.empty());
    name += plain ? c : '_';
  }
  if (name.empty()) name = "_";
  if (name.size() > kLongestName) name.resize(kLongestName);
  // No name that is taken as it is has a '~'.
  return name == text ? name : name + '~' + hex(stable_hash({text}));
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
    if (::mkdir(made.c_str(), 0750) == 0) {
      // A file is not on the disk before all directories that lead to it are.
      const fs::path parent = made.parent_path();
      const int error = sync_directory(parent.empty() ? "." : parent.string());
      if (error != 0) return {error, std::generic_category()};
    } else if (errno != EEXIST) {
      return {errno, std::generic_category()};
    }
  }
  return {};
}

}  // namespace

std::string archive_path(const std::string& directory, const ProjectName& project,
                         const journal::RunKey& run) {
  return (fs::path(directory) / safe_name(project.str()) / safe_name(run.instance.str()) /
          safe_name(run.report.str()) / compact(run.scheduled))
      .string();
}

Expected<ArchiveFile> ArchiveFile::create(const std::string& path_without_extension) {
  const fs::path parent = fs::path(path_without_extension).parent_path();
  if (const std::error_code error = make_directories(parent)) {
    return fail(ErrorKind::internal, "cannot create the archive directory " + parent.string() + ": " +
                                         error.message() +
                                         "; give the service's user the right to write there");
  }
  // Into a file of its own: what lies there may be a pipe, at which a thread would wait for ever, or have
  // another name too.
  ::unlink(temporary(path_without_extension).c_str());
  const int descriptor = ::open(temporary(path_without_extension).c_str(),
                                O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
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
      bytes_(other.bytes_),
      sha256_(std::move(other.sha256_)),
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
    sha256_.add(bytes.first(static_cast<std::size_t>(written)));
    bytes_ += written;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

Expected<Archived> ArchiveFile::commit() {
  if (error_ != 0) return fail(failure("write", error_));
  if (head_.empty()) return fail(ErrorKind::malformed, "the downloaded report is empty");
  auto sha256 = sha256_.hex();
  if (!sha256) return fail(std::move(sha256.error()));
  if (::fsync(descriptor_) != 0) return fail(failure("sync", errno));
  const std::string path = stem_ + (head_.starts_with("%PDF") ? ".pdf"
                                    : head_.starts_with("PK") ? ".zip"
                                                              : ".bin");
  if (::rename(temporary(stem_).c_str(), path.c_str()) != 0) return fail(failure("rename", errno));
  ::close(std::exchange(descriptor_, -1));
  if (const int error = sync_directory(fs::path(path).parent_path().string()); error != 0)
    return fail(failure("sync the directory of", error));
  return Archived{path, bytes_, std::move(*sha256)};
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
