// The page that shows /status.json: files of page/, which are part of the program.
#pragma once

#include <span>
#include <string_view>

namespace dbssd::telemetry {

struct PageFile {
  std::string_view name;  ///< "index.html"
  std::string_view bytes;
};

[[nodiscard]] std::span<const PageFile> page_files();

}  // namespace dbssd::telemetry
