// Preloaded into dbssd: from the moment that a file `stuck` stands beside the journal, nothing becomes
// durable any more, and whoever waits for that waits for ever. A disk that hangs.
#include <dlfcn.h>
#include <unistd.h>

namespace {

void hang_where_stuck() {
  while (::access("/var/lib/dbssd/stuck", F_OK) == 0) ::sleep(1);
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" int fsync(int descriptor) {
  hang_where_stuck();
  static auto* const real = next<int(int)>("fsync");
  return real(descriptor);
}

extern "C" int fdatasync(int descriptor) {
  hang_where_stuck();
  static auto* const real = next<int(int)>("fdatasync");
  return real(descriptor);
}
