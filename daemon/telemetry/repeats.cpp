#include "telemetry/repeats.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "base/ascii.h"
#include "telemetry/catalogue.h"

namespace dbssd::telemetry {
namespace {

constexpr Millis kWindow = std::chrono::minutes{10};

/// With "0" for each number: "entry 17 of 1000" and "entry 18 of 1000" tell of the same thing.
void append_without_numbers(std::string& out, std::string_view text) {
  bool in_number = false;
  for (const char c : text) {
    const bool digit = is_digit(c);
    if (!digit) {
      out += c;
    } else if (!in_number) {
      out += '0';
    }
    in_number = digit;
  }
}

/// The same for events that are equal.
std::string key_of(const Event& event) {
  std::string key(entry_of(event.id).name);
  for (const std::string_view part :
       {std::string_view(event.project.str()), std::string_view(event.instance_id.str()),
        std::string_view(event.resource_id.str()), std::string_view(event.report.str()),
        event.error_kind ? to_string(*event.error_kind) : "", std::string_view(event.msg)}) {
    key += '\0';
    key += part;
  }
  key += '\0';
  append_without_numbers(key, event.reason);
  return key;
}

}  // namespace

void Repeats::emit(const Event& event) {
  if (!entry_of(event.id).repeats) {
    if (event.id == EventId::cloud_recovered) {
      const std::lock_guard lock(mutex_);
      end_runs([&event](const Run& run) { return run.last.project == event.project; });
    }
    return to_.emit(event);
  }
  const std::lock_guard lock(mutex_);
  sum_up_due();
  const auto [it, is_first] = runs_.try_emplace(key_of(event), Run{event, clock_.now().mono});
  if (!is_first) {
    it->second.last = event;
    ++it->second.more;
    return;
  }
  to_.emit(event);
  if (runs_.size() > kMostRuns) {
    const auto oldest =
        std::ranges::min_element(runs_, {}, [](const auto& entry) { return entry.second.since; });
    sum_up(oldest->second);
    runs_.erase(oldest);
  }
}

void Repeats::say_due() {
  const std::lock_guard lock(mutex_);
  sum_up_due();
}

void Repeats::say_all() {
  const std::lock_guard lock(mutex_);
  end_runs([](const Run&) { return true; });
}

void Repeats::sum_up(Run& run) {
  const MonoTime now = clock_.now().mono;
  if (run.more > 0) {
    Event event = run.last;
    event.msg += "; " + (run.more == 1 ? "once" : std::to_string(run.more) + " times") + " more within " +
                 format_duration(std::chrono::ceil<Seconds>(now - run.since));
    to_.emit(event);
  }
  run.more = 0;
  run.since = now;
}

void Repeats::sum_up_due() {
  const MonoTime now = clock_.now().mono;
  for (auto it = runs_.begin(); it != runs_.end();) {
    Run& run = it->second;
    const bool due = now - run.since >= kWindow;
    const bool over = due && run.more == 0;
    if (due && !over) sum_up(run);
    it = over ? runs_.erase(it) : std::next(it);
  }
}

template <class Which>
void Repeats::end_runs(Which which) {
  for (auto it = runs_.begin(); it != runs_.end();) {
    const bool ends = which(it->second);
    if (ends) sum_up(it->second);
    it = ends ? runs_.erase(it) : std::next(it);
  }
}

}  // namespace dbssd::telemetry
