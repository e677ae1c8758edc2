// How everything stands, for a terminal.
#pragma once

#include <iosfwd>

#include "overview/overview.h"

namespace dbssd::cli {

/// One screen: of long lists the first lines, and how many there are more.
void print_text(const overview::Overview& overview, std::ostream& out);

}  // namespace dbssd::cli
