#include <algorithm>
#include <chrono>
#include <tuple>
#include <unordered_map>

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
  if (value.is_scalar()) return value.choice(into.kind, kWindows, "{last: DURATION}");
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
    const Value directory = keys.required("directory");
    if (directory.text(archive.directory, absolute_path)) warn_unless_writable(directory, archive.directory);
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
      text += "; windows of since_previous always meet";
      window.warning(finding.gap ? Lint::window_gaps : Lint::window_overlaps, text);
    }
  }

  std::vector<Look> looks_;
};

/// Rules that make one report twice: one schedule, window and template, and one selects what the other does.
/// Holds few against each other, so that a policy of thousands is read at once.
class Twins {
 public:
  void look(const Value& item, const ReportRule& rule) {
    if (size_of(rule.select.include) + size_of(rule.select.exclude) > kMostPatterns) return;
    std::vector<Seen>& alike = seen_[key_of(rule)];
    const auto twin = std::ranges::find_if(alike, [&](const Seen& other) {
      return covers(other.select, rule.select) || covers(rule.select, other.select);
    });
    if (twin != alike.end()) {
      item.warning(Lint::same_report, "makes what " + in_quotes(twin->name.str()) +
                                          " makes: the same template, schedule and window for the same "
                                          "instances; remove one, or select apart");
    } else if (alike.size() < kMostAlike) {
      alike.push_back({rule.name, rule.select});
    }
  }

 private:
  static constexpr std::size_t kMostAlike = 50;
  static constexpr std::size_t kMostPatterns = 30;
  struct Seen {
    ReportName name;
    Select select;
  };
  static std::size_t size_of(const Patterns& patterns) {
    return patterns.project.size() + patterns.name.size() + patterns.id.size();
  }
  static std::string key_of(const ReportRule& rule) {
    std::string key = rule.schedule.text() + '\n' + rule.time_zone + '\n' +
                      std::to_string(static_cast<int>(rule.window.kind)) + ' ' +
                      std::to_string(rule.window.last.count()) + '\n' +
                      std::to_string(static_cast<int>(rule.report_template.by)) + rule.report_template.value;
    for (const std::string& database : rule.databases) key += '\n' + database;
    return key;
  }

  std::unordered_map<std::string, std::vector<Seen>> seen_;
};

/// `missed: all` where what is missed is too late to be made. Looks at no more than 100 schedules, as above.
class MissedCheck {
 public:
  void check(const Value& missed, const ReportRule& rule) {
    if (rule.missed != schedule::MissedPolicy::all || looks_ == kMaxLooks) return;
    ++looks_;
    const auto period = shortest_period(rule, missed.reading());
    if (!period || rule.deadline > *period) return;
    missed.warning(Lint::missed_expires,
                   "makes up for no more than latest does: the deadline (" + format_duration(rule.deadline) +
                       ") is over before the next scheduled time, " + format_duration(*period) +
                       " later; give a longer deadline, or use merge");
  }

 private:
  static constexpr int kMaxLooks = 100;
  static constexpr int kFires = 25;

  /// From one of the next scheduled times to the one after.
  static std::optional<Seconds> shortest_period(const ReportRule& rule, Reading& reading) {
    const auto zone = reading.find_zone(rule.time_zone);
    if (!zone) return std::nullopt;
    std::optional<Seconds> shortest;
    auto fire = schedule::next(rule.schedule, *zone, reading.context().now);
    for (int i = 0; i < kFires && fire; ++i) {
      const auto following = schedule::next(rule.schedule, *zone, fire->at);
      if (!following) break;
      shortest = std::min(shortest.value_or(Seconds::max()), following->at - fire->at);
      fire = following;
    }
    return shortest;
  }

  int looks_ = 0;
};

}  // namespace

void read_reports(const Value& value, Policy& policy) {
  Unique names;
  TilingCheck tiling;
  MissedCheck late;
  Twins twins;
  value.list([&](const Value& item) {
    const std::size_t errors = item.reading().errors();
    ReportRule rule = blank(policy);
    Value missed = item;
    bool is_scheduled = false;
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
      missed = keys("missed");
      missed.choice(rule.missed, kMissedPolicies);
      const Value deadline = keys("deadline");
      deadline.duration(rule.deadline, {1s, days{366}});
      const Value spread = keys("spread");
      spread.duration(rule.spread, {0s, 24h});
      if (rule.spread >= rule.deadline) {
        (deadline.given() ? deadline : spread)
            .error("leaves no time: the deadline (" + format_duration(rule.deadline) +
                   ") must be longer than the spread (" + format_duration(rule.spread) + ")");
      }
      const Value finish = keys("finish_within");
      if (finish.duration(rule.finish_within, {1s, days{7}}) && rule.finish_within < kReportPoll)
        finish.warning(Lint::finish_too_soon,
                       "is shorter than the minute that may pass between two looks at the "
                       "list: reports will be called overdue that are finished");
      read_archive(keys("archive"), rule.archive);
      is_scheduled = has_schedule && has_zone && has_window;
      if (is_scheduled) tiling.check(window.given() ? window : schedule, rule);
    });
    if (is_scheduled && item.reading().errors() == errors) {
      late.check(missed, rule);
      twins.look(item, rule);
    }
    policy.reports.push_back(std::move(rule));
  });
}

}  // namespace dbssd::policy
