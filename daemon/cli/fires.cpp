#include "cli/fires.h"

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <ostream>

#include "planner/runs.h"

namespace dbssd::cli {
namespace {

std::string format_reading(schedule::Local local) {
  std::string text = format_utc(Instant(local.time_since_epoch()));
  text.pop_back();  // the Z, which it is not
  return text;
}

/// "+02:00"; "-04:56:02" where a local mean time had seconds.
std::string format_offset(Seconds offset) {
  const std::chrono::hh_mm_ss parts(offset);
  std::array<char, 16> text{};
  const int length =
      std::snprintf(text.data(), text.size(), "%c%02d:%02d", parts.is_negative() ? '-' : '+',
                    static_cast<int>(parts.hours().count()), static_cast<int>(parts.minutes().count()));
  std::string result(text.data(), static_cast<std::size_t>(length));
  if (parts.seconds() != Seconds::zero()) {
    std::snprintf(text.data(), text.size(), ":%02d", static_cast<int>(parts.seconds().count()));
    result += text.data();
  }
  return result;
}

}  // namespace

Expected<Schedule> schedule_of(const policy::ReportRule& rule, const InstanceId& instance,
                               schedule::ZoneDatabase& zones) {
  auto zone = zones.find(rule.time_zone);
  if (!zone) return fail(zone.error());
  return Schedule{rule.name, rule.schedule,
                  rule.schedule.resolved(planner::schedule_hash(rule.name, instance)), *std::move(zone),
                  rule.window};
}

std::vector<FireRow> fires_of(const Schedule& schedule, Instant from, int count) {
  std::vector<FireRow> rows;
  while (static_cast<int>(rows.size()) < count) {
    const auto fire = schedule::next(schedule.drawn, schedule.zone, from);
    if (!fire) break;
    from = fire->at;
    FireRow row{*fire, schedule.zone.local(from), schedule.zone.offset(from), {}};
    if (schedule.window) row.window = window_for(*schedule.window, schedule.drawn, schedule.zone, from);
    rows.push_back(row);
  }
  return rows;
}

std::string format_local(const FireRow& row) {
  constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  const std::chrono::weekday day{std::chrono::floor<std::chrono::days>(row.local)};
  std::string text = format_reading(row.local);
  text[text.find('T')] = ' ';
  return std::string(kDays[day.c_encoding()]) + ' ' + text + ' ' + format_offset(row.offset);
}

void print_text(const FireRow& row, std::ostream& out) {
  out << format_utc(row.fire.at) << "  " << format_local(row) << "  " << to_string(row.fire.why);
  if (row.window)
    out << "  window " << format_utc(row.window->begin) << " to " << format_utc(row.window->end);
  out << '\n';
}

nlohmann::ordered_json to_json(const Schedule& schedule, const std::vector<FireRow>& rows) {
  nlohmann::ordered_json document;
  if (!schedule.report.empty()) document["report"] = schedule.report.str();
  document["schedule"] = schedule.written.text();
  if (schedule.written.has_hash()) document["drawn"] = schedule.drawn.text();
  document["time_zone"] = schedule.zone.name();
  document["words"] = schedule.drawn.describe();
  document["fires"] = nlohmann::ordered_json::array();
  for (const FireRow& row : rows) {
    nlohmann::ordered_json fire;
    fire["scheduled_time"] = format_utc(row.fire.at);
    fire["local_time"] = format_reading(row.local);
    fire["utc_offset"] = format_offset(row.offset);
    fire["why"] = to_string(row.fire.why);
    if (row.window) {
      fire["window_begin"] = format_utc(row.window->begin);
      fire["window_end"] = format_utc(row.window->end);
    }
    document["fires"].push_back(std::move(fire));
  }
  return document;
}

}  // namespace dbssd::cli
