#include "cloud/wire_time.h"

namespace dbssd::cloud {

std::string write_wire_time(Instant t, const schedule::Zone& zone) {
  std::string text = format_utc(Instant{zone.local(t).time_since_epoch()});
  text.pop_back();
  text[text.size() - 9] = ' ';
  return text;
}

std::optional<Instant> read_wire_time(std::string_view text, const schedule::Zone& zone) {
  if (text.size() != 19 || text[10] != ' ') return std::nullopt;
  std::string rfc3339{text};
  rfc3339[10] = 'T';
  rfc3339 += 'Z';
  const std::optional<Instant> reading = parse_utc(rfc3339);
  if (!reading) return std::nullopt;
  return zone.meaning(schedule::Local{reading->time_since_epoch()}).first;
}

std::optional<WallTime> read_epoch_millis(std::optional<std::int64_t> value) {
  constexpr std::int64_t kYear10000 = 253'402'300'800'000;
  if (!value || *value <= 0 || *value >= kYear10000) return std::nullopt;
  return WallTime{Millis{*value}};
}

std::optional<Instant> read_iam_time(std::string_view text) {
  if (text.size() < 20 || !text.ends_with('Z')) return std::nullopt;
  const std::string_view fraction = text.substr(19, text.size() - 20);
  if (!fraction.empty() &&
      (fraction[0] != '.' || fraction.find_first_not_of("0123456789", 1) != std::string_view::npos)) {
    return std::nullopt;
  }
  return parse_utc(std::string(text.substr(0, 19)) + 'Z');
}

}  // namespace dbssd::cloud
