#pragma once

#include <string>
#include <vector>

namespace integration {

// Rows of a query on the SQLite database in that file, each value as text, joined by a space.
std::vector<std::string> query(const std::string& path, const std::string& sql);

}  // namespace integration
