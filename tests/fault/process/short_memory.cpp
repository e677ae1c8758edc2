// Preloaded into dbssd: a lane, which is a thread that makes the journal durable, gets no memory for the
// first thing that it asks for when it wakes. Once, where a file says so, and the file goes with it.
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <new>

#include "fault/process/preloaded.h"

namespace {

thread_local bool is_lane = false;
thread_local bool is_short = false;

// The main thread writes too, when it removes what is old.
void note_lane() { is_lane = ::gettid() != ::getpid(); }

void look_for_word() {
  const char* word = ::getenv(integration::kShortMemory);
  if (is_lane && word != nullptr && ::unlink(word) == 0) is_short = true;
}

template <class Function>
Function* next(Function*, const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

void* operator new(std::size_t size) {
  void* const room = is_short ? nullptr : ::malloc(size);
  is_short = false;
  if (room == nullptr) throw std::bad_alloc();
  return room;
}
void operator delete(void* room) noexcept { ::free(room); }
void operator delete(void* room, std::size_t) noexcept { ::free(room); }

// What the system's library declares these as, in name, type and linkage.
extern "C" {

int fsync(int fd) {
  static const auto real = next(&::fsync, "fsync");
  note_lane();
  return real(fd);
}
int fdatasync(int fd) {
  static const auto real = next(&::fdatasync, "fdatasync");
  note_lane();
  return real(fd);
}
int pthread_cond_clockwait(pthread_cond_t* __restrict condition, pthread_mutex_t* __restrict mutex,
                           clockid_t clock, const timespec* __restrict until) {
  static const auto real = next(&::pthread_cond_clockwait, "pthread_cond_clockwait");
  const int result = real(condition, mutex, clock, until);
  look_for_word();
  return result;
}

}  // extern "C"
