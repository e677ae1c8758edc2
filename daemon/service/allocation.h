// How this process holds memory.
#pragma once

namespace dbssd::service {

/// Has what was freed given back to the host. glibc would keep it: in an arena for each of hundreds of
/// threads, and in ever larger pieces (mallopt(3)). To be called before the first thread begins.
void hold_little_memory();

/// Gives back what a start needed and an idle daemon does not: free pages amid those in use, and program
/// text, of this program and of its libraries. What text is used again comes back out of the page cache; the
/// rest would count as resident until the host is short of memory.
void give_back();

}  // namespace dbssd::service
