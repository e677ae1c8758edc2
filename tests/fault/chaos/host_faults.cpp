// Preloaded into dbssd, below fast_clock.cpp: a host whose disk is full, which has no more threads to give,
// or whose wall clock is wrong, for as long as a page says so that chaos.py shares with the process.
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>

namespace {

constexpr const char* kPageFile = "HOST_FAULTS_PAGE";
constexpr const char* kDisk =
    "HOST_FAULTS_DISK";  // files whose names begin so are on the disk that can be full
constexpr std::int64_t kSecond = 1'000'000'000;

// As host.py writes it.
struct Page {
  std::atomic<std::int64_t> wall_clock_error;  // in ns of the system's own clock
  std::atomic<std::int64_t> disk_full;
  std::atomic<std::int64_t> threads_refused;
};

Page healthy{};
Page* page = &healthy;
const char* disk = nullptr;

__attribute__((constructor)) void load() {
  const char* path = ::getenv(kPageFile);
  disk = ::getenv(kDisk);
  if (path == nullptr || disk == nullptr) return;
  const int file = ::open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  void* shared = ::mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ::close(file);
  if (shared != MAP_FAILED) page = static_cast<Page*>(shared);
}

bool has_no_room(int descriptor) {
  if (page->disk_full == 0 || disk == nullptr) return false;
  const int saved = errno;
  char link[64], path[4096];
  ::snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t size = ::readlink(link, path, sizeof path - 1);
  if (size >= 0) path[size] = '\0';
  errno = saved;
  return size >= 0 && ::strncmp(path, disk, ::strlen(disk)) == 0;
}

template <class Call>
ssize_t unless_full(int descriptor, const Call& call) {
  if (!has_no_room(descriptor)) return call();
  errno = ENOSPC;
  return -1;
}

bool is_wall(clockid_t clock) { return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE; }

timespec moved(const timespec& at, std::int64_t by) {
  const std::int64_t nanos = at.tv_sec * kSecond + at.tv_nsec + by;
  return {nanos / kSecond, nanos % kSecond};
}

template <class Function>
Function* next(Function*, const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

// What the system's library declares these as, in name, type and linkage.
extern "C" {

int clock_gettime(clockid_t clock, timespec* at) noexcept {
  static const auto real = next(&::clock_gettime, "clock_gettime");
  const int result = real(clock, at);
  if (result == 0 && is_wall(clock)) *at = moved(*at, page->wall_clock_error);
  return result;
}
int pthread_cond_clockwait(pthread_cond_t* __restrict condition, pthread_mutex_t* __restrict mutex,
                           clockid_t clock, const timespec* __restrict until) {
  static const auto real = next(&::pthread_cond_clockwait, "pthread_cond_clockwait");
  const timespec deadline = is_wall(clock) ? moved(*until, -page->wall_clock_error) : *until;
  return real(condition, mutex, clock, &deadline);
}
int pthread_create(pthread_t* __restrict thread, const pthread_attr_t* __restrict attributes,
                   void* (*routine)(void*), void* __restrict argument) noexcept {
  static const auto real = next(&::pthread_create, "pthread_create");
  return page->threads_refused != 0 ? EAGAIN : real(thread, attributes, routine, argument);
}
ssize_t write(int fd, const void* bytes, size_t size) {
  static const auto real = next(&::write, "write");
  return unless_full(fd, [&] { return real(fd, bytes, size); });
}
ssize_t writev(int fd, const iovec* pieces, int count) {
  static const auto real = next(&::writev, "writev");
  return unless_full(fd, [&] { return real(fd, pieces, count); });
}
ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) {
  static const auto real = next(&::pwrite, "pwrite");
  return unless_full(fd, [&] { return real(fd, bytes, size, at); });
}
ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t at) {
  static const auto real = next(&::pwrite64, "pwrite64");
  return unless_full(fd, [&] { return real(fd, bytes, size, at); });
}
int posix_fallocate(int fd, off_t at, off_t size) {
  static const auto real = next(&::posix_fallocate, "posix_fallocate");
  return has_no_room(fd) ? ENOSPC : real(fd, at, size);
}

}  // extern "C"
