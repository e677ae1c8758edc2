#include "service/allocation.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace dbssd::service {
namespace {

/// Text is mapped from its file and never written to, so that nothing but the mapping is lost.
int let_go(dl_phdr_info* object, std::size_t, void*) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0 || (segment.p_flags & PF_W) != 0) continue;
    const std::uintptr_t begin = (object->dlpi_addr + segment.p_vaddr) / page * page;
    const std::uintptr_t end = object->dlpi_addr + segment.p_vaddr + segment.p_memsz;
    // What is not let go of, the kernel's own page for one, stays.
    static_cast<void>(::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED));
  }
  return 0;
}

}  // namespace

void hold_little_memory() {
  constexpr int kArenas = 2;
  constexpr int kPiece = 128 * 1024;
  mallopt(M_ARENA_MAX, kArenas);
  // Setting it keeps it: else it grows to the largest piece that was ever freed.
  mallopt(M_MMAP_THRESHOLD, kPiece);
  mallopt(M_TRIM_THRESHOLD, kPiece);
}

void give_back() {
  malloc_trim(0);
  dl_iterate_phdr(let_go, nullptr);
}

}  // namespace dbssd::service
