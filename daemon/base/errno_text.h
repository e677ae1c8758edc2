// What the system says of a failure.
#pragma once

#include <string>
#include <system_error>

namespace dbssd {

/// "No space left on device", of an errno.
[[nodiscard]] inline std::string errno_text(int number) { return std::generic_category().message(number); }

}  // namespace dbssd
