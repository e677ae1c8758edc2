#include "fault/process/backlog.h"

namespace integration {
namespace {

constexpr std::time_t kMinute = 60;
constexpr std::time_t kHour = 60 * kMinute;

std::tm utc(std::time_t at) {
  std::tm parts{};
  ::gmtime_r(&at, &parts);
  return parts;
}

std::string text(std::time_t at) {
  const std::tm parts = utc(at);
  char buffer[32];
  return {buffer, std::strftime(buffer, sizeof buffer, "%Y-%m-%d %H:%M:%S", &parts)};
}

}  // namespace

Backlog::Backlog(int minutes) : Backlog(minutes, std::time(nullptr) / kHour * kHour - kHour) {}

Backlog::Backlog(int minutes, std::time_t hour) {
  for (int minute = 0; minute < minutes; ++minute) times_.push_back(hour + minute * kMinute);
}

json Backlog::rule(const std::string& type) const {
  const std::tm first = utc(begin()), last = utc(end());
  const std::string schedule = std::to_string(first.tm_min) + '-' + std::to_string(last.tm_min) + ' ' +
                               std::to_string(first.tm_hour) + ' ' + std::to_string(first.tm_mday) + ' ' +
                               std::to_string(first.tm_mon + 1) + " *";
  return minutely({{"name", type},
                   {"template", {{"type", type}}},
                   {"schedule", schedule},
                   {"missed", "all"},
                   {"deadline", "1d"}});
}

std::vector<std::string> Backlog::reports(const std::vector<std::string>& instances,
                                          const std::vector<std::string>& types) const {
  std::vector<std::string> all;
  for (const std::string& instance : instances)
    for (const std::string& type : types)
      for (const std::time_t at : times_)
        all.push_back(instance + ' ' + type + ' ' + text(at - kMinute) + ' ' + text(at));
  return all;
}

void fall_behind(FastSite& site) {
  const Ended ended = site.run_once();
  ASSERT_EQ(ended.status, 0) << ended.err;
  ASSERT_EQ(site.cloud.calls("create_report"), 0);
  site.age_schedules(std::chrono::hours{3});
}

}  // namespace integration
