#include "fault/process/small_disk.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "integration/harness/child.h"

namespace integration {
namespace {

std::string reason(const std::string& what) { return what + ": " + std::generic_category().message(errno); }

// Mounts of this thread's own; empty, or why there are none.
std::string enter_private_mounts() {
  if (::unshare(CLONE_NEWNS) != 0) {
    const std::string user = "0 " + std::to_string(::geteuid()) + " 1";
    const std::string group = "0 " + std::to_string(::getegid()) + " 1";
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return reason("unshare");
    write_file("/proc/self/setgroups", "deny");
    write_file("/proc/self/uid_map", user);
    write_file("/proc/self/gid_map", group);
  }
  return ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 ? "" : reason("mount /");
}

}  // namespace

SmallDisk::SmallDisk(std::size_t bytes) : bytes_(bytes), problem_(enter_private_mounts()) {
  const std::string options = "mode=0700,size=" + std::to_string(bytes_);
  if (problem_.empty() && ::mount("dbssd-test", directory_.path().c_str(), "tmpfs", 0, options.c_str()) != 0)
    problem_ = reason("mount " + directory_.path());
}

SmallDisk::~SmallDisk() {
  if (problem_.empty()) ::umount2(directory_.path().c_str(), MNT_DETACH);
}

void SmallDisk::fill() {
  const int filler = ::open(file("filler").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (filler < 0) throw std::runtime_error(reason("open"));
  const std::vector<char> block(256 * 1024);
  std::size_t size = block.size();
  while (size > 0) {  // ever smaller blocks, until not even a byte fits in
    const ssize_t written = ::write(filler, block.data(), size);
    if (written <= 0) size = size == 1 ? 0 : size / 2;
  }
  ::close(filler);
}

void SmallDisk::make_room() { ::unlink(file("filler").c_str()); }

void SmallDisk::set_read_only(bool read_only) {
  const unsigned long flags = MS_REMOUNT | (read_only ? MS_RDONLY : 0);
  if (::mount(nullptr, directory_.path().c_str(), nullptr, flags, nullptr) != 0)
    throw std::runtime_error(reason("remount " + directory_.path()));
}

}  // namespace integration
