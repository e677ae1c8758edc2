#include "cli/printing.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace dbssd::cli {

std::string one_line(std::string_view text) {
  std::string line(text);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; },
      '?');
  return line;
}

std::string rough_duration(Seconds duration) {
  using std::chrono::days;
  using std::chrono::hours;
  using std::chrono::minutes;
  const Seconds whole = std::max(duration, Seconds::zero());
  if (whole >= days{1}) return format_duration(std::chrono::floor<hours>(whole));
  if (whole >= hours{1}) return format_duration(std::chrono::floor<minutes>(whole));
  return format_duration(whole);
}

std::string short_utc(Instant time, Instant now) {
  const std::string full = format_utc(time);  // YYYY-MM-DDThh:mm:ssZ
  const std::string seconds = full.substr(17, 2) == "00" ? "" : full.substr(16, 3);
  const std::string clock = full.substr(11, 5) + seconds + 'Z';
  return full.substr(0, 10) == format_utc(now).substr(0, 10) ? clock : full.substr(0, 10) + ' ' + clock;
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

std::size_t total_of(const InstancesByStatus& instances) {
  std::size_t total = 0;
  for (const auto& [status, count] : instances) total += count;
  return total;
}

std::string by_status(const InstancesByStatus& instances) {
  std::string parts;
  for (const auto& [status, count] : instances)
    parts += (parts.empty() ? ": " : ", ") + std::to_string(count) + ' ' + status;
  return parts;
}

std::string census(const InstancesByStatus& instances) {
  return counted(total_of(instances), "instance") + by_status(instances);
}

std::string print_json(const nlohmann::ordered_json& document) {
  using Json = nlohmann::ordered_json;
  return document.dump(2, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + '\n';
}

}  // namespace dbssd::cli
