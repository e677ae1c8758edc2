#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/errno_text.h"
#include "policy/reader.h"
#include "policy/source.h"

namespace dbssd::policy {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

tl::unexpected<Error> unreadable(const std::string& path, int reason) {
  std::string message = path + ": cannot be read: " + errno_text(reason);
  if (reason == ENOENT) message += "; name the policy with --policy FILE";
  if (reason == EACCES) message += "; let the user that runs dbssd read it";
  return fail(ErrorKind::malformed, std::move(message));
}

}  // namespace

Expected<std::string> load_policy_file(const std::string& path) {
  // Without O_NONBLOCK a pipe of that name would be waited for.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat info {};
  if (file.get() < 0 || ::fstat(file.get(), &info) != 0) return unreadable(path, errno);
  if (S_ISDIR(info.st_mode)) {
    return fail(ErrorKind::malformed, path + ": is a directory; name the policy file in it");
  }
  if (!S_ISREG(info.st_mode)) return fail(ErrorKind::malformed, path + ": is no regular file");
  std::string text(kMaxPolicyBytes + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unreadable(path, errno);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > kMaxPolicyBytes) {
    return fail(ErrorKind::malformed, path + ": is larger than 1 MB; split it into several policies");
  }
  text.resize(size);
  return text;
}

}  // namespace dbssd::policy
