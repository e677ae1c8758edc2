// Preloaded into dbssd: counts the steps by which it changes the journal's files, makes them durable, or says
// something to the cloud, and kills the process at one of them.
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "fault/process/preloaded.h"

namespace {

using integration::StepCount;

StepCount* count = nullptr;
const char* state = "";
long last = 0;
bool after = false;

__attribute__((constructor)) void load() {
  const char* path = ::getenv(integration::kCountFile);
  const char* files = ::getenv(integration::kStateFile);
  const char* step = ::getenv(integration::kStep);
  const char* moment = ::getenv(integration::kMoment);
  if (path == nullptr || files == nullptr || step == nullptr || moment == nullptr) return;
  state = files;
  last = ::strtol(step, nullptr, 10);
  after = ::strcmp(moment, "after") == 0;
  const int file = ::open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  void* shared = ::mmap(nullptr, sizeof(StepCount), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ::close(file);
  if (shared == MAP_FAILED) return;
  count = static_cast<StepCount*>(shared);
}

bool is_journal(const char* path) { return ::strncmp(path, state, ::strlen(state)) == 0; }

bool is_journal(int descriptor) {
  const int saved = errno;
  char link[64], path[4096];
  ::snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t size = ::readlink(link, path, sizeof path - 1);
  if (size >= 0) path[size] = '\0';
  errno = saved;
  return size >= 0 && is_journal(path);
}

// Not systemd's sockets, and not the pipes that threads wake each other by.
bool is_network(int descriptor) {
  const int saved = errno;
  int domain = 0;
  socklen_t size = sizeof domain;
  const bool known = ::getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0;
  errno = saved;
  return known && (domain == AF_INET || domain == AF_INET6);
}

[[noreturn]] void die() {
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

template <class Call>
auto take(bool is_step, const Call& call) {
  if (!is_step || count == nullptr) return call();
  const bool is_last = ++count->taken == last;
  if (is_last && !after) die();
  const auto result = call();
  if (is_last) die();
  return result;
}

template <class Function>
Function* next(Function*, const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

// What the system's library declares these as, in name, type and linkage.
extern "C" {

ssize_t write(int fd, const void* bytes, size_t size) {
  static const auto real = next(&::write, "write");
  return take(is_journal(fd) || is_network(fd), [&] { return real(fd, bytes, size); });
}
ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) {
  static const auto real = next(&::pwrite, "pwrite");
  return take(is_journal(fd), [&] { return real(fd, bytes, size, at); });
}
ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t at) {
  static const auto real = next(&::pwrite64, "pwrite64");
  return take(is_journal(fd), [&] { return real(fd, bytes, size, at); });
}
int fsync(int fd) {
  static const auto real = next(&::fsync, "fsync");
  return take(is_journal(fd), [&] { return real(fd); });
}
int fdatasync(int fd) {
  static const auto real = next(&::fdatasync, "fdatasync");
  return take(is_journal(fd), [&] { return real(fd); });
}
int ftruncate(int fd, off_t size) noexcept {
  static const auto real = next(&::ftruncate, "ftruncate");
  return take(is_journal(fd), [&] { return real(fd, size); });
}
int ftruncate64(int fd, off64_t size) noexcept {
  static const auto real = next(&::ftruncate64, "ftruncate64");
  return take(is_journal(fd), [&] { return real(fd, size); });
}
int unlink(const char* path) noexcept {
  static const auto real = next(&::unlink, "unlink");
  return take(is_journal(path), [&] { return real(path); });
}
int rename(const char* from, const char* to) noexcept {
  static const auto real = next(&::rename, "rename");
  return take(is_journal(from), [&] { return real(from, to); });
}
ssize_t send(int fd, const void* bytes, size_t size, int flags) {
  static const auto real = next(&::send, "send");
  return take(is_network(fd), [&] { return real(fd, bytes, size, flags); });
}
ssize_t sendmsg(int fd, const msghdr* message, int flags) {
  static const auto real = next(&::sendmsg, "sendmsg");
  return take(is_network(fd), [&] { return real(fd, message, flags); });
}

}  // extern "C"
