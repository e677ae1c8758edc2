#include "cloud/http_date.h"

#include <array>
#include <string>

namespace dbssd::cloud {

std::optional<Instant> parse_http_date(std::string_view text) {
  // Sun, 06 Nov 1994 08:49:37 GMT
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || text.substr(3, 2) != ", " || text[7] != ' ' || text[11] != ' ' ||
      text[16] != ' ' || !text.ends_with(" GMT")) {
    return std::nullopt;
  }
  for (std::size_t m = 0; m < kMonths.size(); ++m) {
    if (text.substr(8, 3) != kMonths[m]) continue;
    const std::string month = (m < 9 ? "0" : "") + std::to_string(m + 1);
    std::string rfc3339{text.substr(12, 4)};
    rfc3339 += '-' + month + '-';
    rfc3339 += text.substr(5, 2);
    rfc3339 += 'T';
    rfc3339 += text.substr(17, 8);
    rfc3339 += 'Z';
    return parse_utc(rfc3339);
  }
  return std::nullopt;
}

}  // namespace dbssd::cloud
