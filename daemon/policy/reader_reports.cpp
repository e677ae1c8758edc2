#include <algorithm>
#include <chrono>
#include <tuple>

#include "policy/sections.h"

namespace dbssd::policy {
namespace {

using namespace std::chrono_literals;
using schedule::Cron;
using schedule::WindowRule;
using std::chrono::days;

/// What a rule that has not been read yet holds; no policy with a rule that could not be read leaves this
/// room.
ReportRule blank(const Policy& policy) {
  return ReportRule{.schedule = Cron::parse("@daily").value(), .time_zone = policy.time_zone};
}

void read_template(const Value& value, TemplateRef& into) {
  value.map(
      [&](Fields& keys) {
        const auto named = keys.one_of(kTemplateRefs);
        if (!named) return;
        into.by = named->first;
        named->second.text(into.value, into.by == TemplateRef::By::id ? cloud_id : any_text);
      },
      "{id: …}, {type: …} or {name: …}");
}

bool read_schedule(const Value& value, Cron& into) {
  std::string text;
  if (!value.text(text, [](std::string_view) -> Flawed { return std::nullopt; })) return false;
  auto cron = Cron::parse(text);
  if (!cron) {
    value.error_within(cron.error().position, cron.error().message);
    return false;
  }
  into = std::move(*cron);
  return true;
}

bool read_window(const Value& value, WindowRule& into) {
  if (value.is_scalar()) return value.choice(into.kind, kWindows);
  if (value.reading().recording()) value.choice(into.kind, kWindows);
  bool read = false;
  value.map(
      [&](Fields& keys) {
        into.kind = WindowRule::Kind::last;
        read = keys.required("last").duration(into.last, {1s, days{366}});
      },
      "previous_day, previous_week, previous_month, since_previous or {last: DURATION}");
  return read;
}

void read_archive(const Value& value, std::optional<Archive>& into) {
  value.map([&](Fields& keys) {
    Archive archive;
    keys.required("directory").text(archive.directory, absolute_path);
    std::string_view locale = archive.locale;
    keys("locale").choice(locale, kLocales);
    archive.locale = locale;
    Seconds keep{};
    if (keys("keep").duration(keep, {days{1}, days{36'500}})) archive.keep = keep;
    into = std::move(archive);
  });
}

void read_after_summary(const Value& value, const Summary& summary, std::optional<cloud::BusiType>& into) {
  if (!value.choice(into, kAfterSummary) || !into) return;
  if (std::ranges::find(summary.busi_types, *into) == summary.busi_types.end()) {
    value.error("waits for a summary that nobody watches: add " + std::string(cloud::to_string(*into)) +
                " to summary.busi_types");
  }
}

/// Looks at each combination of schedule, zone and window once, and at no more than 100: a look can take
/// milliseconds.
class TilingCheck {
 public:
  void check(const Value& window, const ReportRule& rule) {
    if (rule.window.kind == WindowRule::Kind::since_previous) return;
    const Key key{rule.schedule.text(), rule.time_zone, static_cast<int>(rule.window.kind), rule.window.last};
    const auto known = std::ranges::find(looks_, key, &Look::key);
    if (known != looks_.end()) return warn(window, *known);
    if (looks_.size() == kMaxLooks) return;
    Reading& reading = window.reading();
    const auto zone = reading.find_zone(rule.time_zone);
    if (!zone) return;
    looks_.push_back({key, schedule::check_tiling(rule.window, rule.schedule, *zone, reading.context().now)});
    warn(window, looks_.back());
  }

 private:
  static constexpr std::size_t kMaxLooks = 100;
  using Key = std::tuple<std::string, std::string, int, Seconds>;
  struct Look {
    Key key;
    std::vector<schedule::TilingFinding> findings;
  };

  static void warn(const Value& window, const Look& look) {
    for (const auto& finding : look.findings) {
      std::string text = finding.gap ? "leaves gaps between the windows of consecutive reports: "
                                     : "makes the windows of consecutive reports overlap: ";
      text += format_duration(finding.amount) + " at " + format_utc(finding.at);
      if (finding.count > 1) text += ", the first of " + std::to_string(finding.count) + " such places ahead";
      if (finding.largest > finding.amount) text += ", the largest of " + format_duration(finding.largest);
      window.warning(text);
    }
  }

  std::vector<Look> looks_;
};

}  // namespace

void read_reports(const Value& value, Policy& policy) {
  Unique names;
  TilingCheck tiling;
  value.list([&](const Value& item) {
    ReportRule rule = blank(policy);
    item.map([&](Fields& keys) {
      const Value name = keys.required("name");
      std::string text;
      if (name.text(text, rule_name)) names.claim(name, text);
      rule.name = ReportName(std::move(text));
      read_template(keys.required("template"), rule.report_template);
      const Value schedule = keys.required("schedule");
      const bool has_schedule = read_schedule(schedule, rule.schedule);
      const Value zone = keys("time_zone");
      const bool has_zone = zone.zone(rule.time_zone) || !zone.given();
      const Value window = keys("window");
      const bool has_window = read_window(window, rule.window) || !window.given();
      read_select(keys("select"), policy.projects, rule.select);
      keys("databases").texts(rule.databases, cloud_id);
      keys("when_inactive").choice(rule.when_inactive, kWhenInactive);
      keys("on_unknown").choice(rule.on_unknown, kOnUnknown);
      read_after_summary(keys("after_summary"), policy.summary, rule.after_summary);
      keys("missed").choice(rule.missed, kMissedPolicies);
      const Value deadline = keys("deadline");
      deadline.duration(rule.deadline, {1s, days{366}});
      const Value spread = keys("spread");
      spread.duration(rule.spread, {0s, 24h});
      if (rule.spread >= rule.deadline) {
        (deadline.given() ? deadline : spread)
            .error("leaves no time: the deadline (" + format_duration(rule.deadline) +
                   ") must be longer than the spread (" + format_duration(rule.spread) + ")");
      }
      keys("finish_within").duration(rule.finish_within, {1s, days{7}});
      read_archive(keys("archive"), rule.archive);
      if (has_schedule && has_zone && has_window) tiling.check(window.given() ? window : schedule, rule);
    });
    policy.reports.push_back(std::move(rule));
  });
}

}  // namespace dbssd::policy
