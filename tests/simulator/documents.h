#pragma once

#include <string>
#include <string_view>

namespace dbss_sim {

// A one-page PDF that shows the line.
std::string pdf_document(std::string_view line);
// A ZIP archive of one file, stored.
std::string zip_archive(std::string_view name, std::string_view content);

}  // namespace dbss_sim
