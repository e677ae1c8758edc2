// How everything stands, for a terminal.
#pragma once

#include <iosfwd>

#include "cli/paint.h"
#include "overview/overview.h"

namespace dbssd::cli {

/// One screen for a usual fleet: what is alike is one line, and of long lists there are the first lines and
/// how many there are more.
void print_text(const overview::Overview& overview, const Paint& paint, std::ostream& out);

}  // namespace dbssd::cli
