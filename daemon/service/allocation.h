// How this process holds memory.
#pragma once

namespace dbssd::service {

/// Has what was freed given back to the host. glibc would keep it: in an arena for each of hundreds of
/// threads, and in ever larger pieces (mallopt(3)). To be called before the first thread begins.
void hold_little_memory();

}  // namespace dbssd::service
