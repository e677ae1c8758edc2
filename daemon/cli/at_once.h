// The same for each of many, at once.
#pragma once

#include <cstddef>
#include <functional>

namespace dbssd::cli {

/// Calls `each` with 0 to count-1, so many at once at most, and returns when all have come back; fewer at
/// once where the host grants no more threads, for the calling one does its part. What `each` throws is
/// thrown here, the first of it, and what has not begun by then is left out.
void at_once(std::size_t count, std::size_t most, const std::function<void(std::size_t)>& each);

}  // namespace dbssd::cli
