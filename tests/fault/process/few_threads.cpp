// Preloaded into dbssd: a host that grants no more than so many threads.
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cerrno>

#include "fault/process/preloaded.h"

namespace {

bool has_too_many() {
  const char* most = ::getenv(integration::kMostThreads);
  struct stat tasks {};
  if (most == nullptr || ::stat("/proc/self/task", &tasks) != 0) return false;
  return static_cast<long>(tasks.st_nlink) - 2 >= ::strtol(most, nullptr, 10);
}

}  // namespace

// What the system's library declares it as, in name, type and linkage.
extern "C" int pthread_create(pthread_t* __restrict thread, const pthread_attr_t* __restrict attributes,
                              void* (*function)(void*), void* __restrict argument) noexcept {
  static const auto real =
      reinterpret_cast<decltype(&::pthread_create)>(::dlsym(RTLD_NEXT, "pthread_create"));
  return has_too_many() ? EAGAIN : real(thread, attributes, function, argument);
}
