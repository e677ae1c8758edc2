#include "journal/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include "base/errno_text.h"

namespace dbssd::journal {
namespace {

std::string read_all(int descriptor) {
  std::array<char, 64> text{};
  const ssize_t size = ::pread(descriptor, text.data(), text.size(), 0);
  return size <= 0 ? std::string() : std::string(text.data(), static_cast<std::size_t>(size));
}

std::string holder_in(std::string text) {
  text.resize(std::min(text.find(' '), text.size()));
  return text;
}

/// "4711 open\n": the holder and how it stands.
FileLock::LastEnd last_end_of(std::string_view text) {
  if (text.empty()) return FileLock::LastEnd::none;
  if (text.ends_with(" closed\n")) return FileLock::LastEnd::clean;
  return text.ends_with(" damaged\n") ? FileLock::LastEnd::damaged : FileLock::LastEnd::unclean;
}

Keeper::Stands stands_after(FileLock::LastEnd end) {
  switch (end) {
    case FileLock::LastEnd::none:
      return Keeper::Stands::nobody;
    case FileLock::LastEnd::clean:
      return Keeper::Stands::closed;
    case FileLock::LastEnd::unclean:
      return Keeper::Stands::killed;
    case FileLock::LastEnd::damaged:
      return Keeper::Stands::damaged;
  }
  return Keeper::Stands::nobody;
}

}  // namespace

Expected<FileLock> FileLock::acquire(const std::string& path) {
  FileLock lock;
  lock.path_ = path;
  lock.descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (lock.descriptor_ < 0) return fail(ErrorKind::internal, path + ": " + errno_text(errno));
  if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK)
      return fail(ErrorKind::internal, path + ": cannot be locked: " + errno_text(errno));
    const std::string holder = holder_in(read_all(lock.descriptor_));
    return fail(ErrorKind::internal, path + ": held by " +
                                         (holder.empty() ? "another process" : "process " + holder) +
                                         ": stop that dbssd, or give this one a state.path of its own");
  }
  lock.last_end_ = last_end_of(read_all(lock.descriptor_));
  return lock;
}

Expected<Keeper> FileLock::keeper(const std::string& path) {
  FileLock looking;
  // Who asks may be root, and the directory is another user's: the open must not wait for a pipe's other end.
  looking.descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (looking.descriptor_ < 0) {
    if (errno == ENOENT) return Keeper{};
    return fail(ErrorKind::internal, path + ": " + errno_text(errno));
  }
  struct stat status {};
  if (::fstat(looking.descriptor_, &status) != 0)
    return fail(ErrorKind::internal, path + ": " + errno_text(errno));
  if (!S_ISREG(status.st_mode))
    return fail(ErrorKind::internal, path + ": is not a regular file: remove it, and start dbssd again");
  std::string text = read_all(looking.descriptor_);
  // A daemon that starts at this instant must not find the file locked by who only asks.
  const LastEnd end = last_end_of(text);
  if (end == LastEnd::none) return Keeper{};
  Keeper keeper{stands_after(end), holder_in(std::move(text)), Instant(Seconds(status.st_mtim.tv_sec))};
  if (end == LastEnd::clean) return keeper;
  if (::flock(looking.descriptor_, LOCK_SH | LOCK_NB) == 0) return keeper;  // given back by closing it
  if (errno != EWOULDBLOCK)
    return fail(ErrorKind::internal, path + ": cannot be looked at: " + errno_text(errno));
  keeper.stands = Keeper::Stands::holds;
  return keeper;
}

FileLock::FileLock(FileLock&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      last_end_(other.last_end_) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(last_end_, other.last_end_);
  return *this;
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Expected<void> FileLock::in_use() {
  if (!write(" open\n") || ::fdatasync(descriptor_) != 0)
    return fail(ErrorKind::internal, path_ + ": cannot be written: " + errno_text(errno));
  return {};
}

// Where these cannot be written, the file still says "open", and the next start looks the journal over.
void FileLock::damaged() { static_cast<void>(write(" damaged\n")); }
void FileLock::closed() { static_cast<void>(write(" closed\n")); }

bool FileLock::write(const char* state) {
  const std::string text = std::to_string(::getpid()) + state;
  return ::pwrite(descriptor_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()) &&
         ::ftruncate(descriptor_, static_cast<off_t>(text.size())) == 0;
}

}  // namespace dbssd::journal
