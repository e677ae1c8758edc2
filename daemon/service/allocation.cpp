#include "service/allocation.h"

#include <malloc.h>

namespace dbssd::service {

void hold_little_memory() {
  constexpr int kArenas = 2;
  constexpr int kPiece = 128 * 1024;
  mallopt(M_ARENA_MAX, kArenas);
  // Setting it keeps it: else it grows to the largest piece that was ever freed.
  mallopt(M_MMAP_THRESHOLD, kPiece);
  mallopt(M_TRIM_THRESHOLD, kPiece);
}

}  // namespace dbssd::service
