#include "cli/run_lines.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>

#include "base/text.h"
#include "cli/printing.h"
#include "overview/json.h"

namespace dbssd::cli {

using overview::SeriesCoverage;
using overview::time_or_null;

namespace {

using Json = nlohmann::ordered_json;
using journal::Outcome;
using journal::RunRecord;
using planner::Uncovered;

constexpr std::size_t kWidestName = 40;
constexpr std::size_t kStandingWidth = 10;
constexpr std::size_t kTimingWidth = 20;

/// How long after its scheduled time it was (last) asked for.
std::optional<Seconds> skew_of(const RunRecord& run) {
  if (!run.submitted_at) return std::nullopt;
  return *run.submitted_at - run.key.scheduled;
}

/// From the service's word that it took it to its end.
std::optional<Seconds> duration_of(const RunRecord& run) {
  if (run.outcome != Outcome::finished || !run.accepted_at || !run.settled_at) return std::nullopt;
  return *run.settled_at - *run.accepted_at;
}

/// Negative where the wall clock was set back between the two.
std::string timing_of(const RunRecord& run) {
  std::string text;
  if (const auto skew = skew_of(run)) text = "+" + format_duration(*skew);
  if (const auto took = duration_of(run)) text += ", took " + format_duration(*took);
  return text.empty() ? "-" : text;
}

std::string text_of(const Window& window) {
  return format_utc(window.begin) + " to " + format_utc(window.end);
}

Json seconds_or_null(const std::optional<Seconds>& span) { return span ? Json(span->count()) : Json(); }

Tone tone_of(Outcome outcome) {
  if (outcome == Outcome::finished) return Tone::well;
  return outcome == Outcome::skipped ? Tone::warning : Tone::error;
}

std::ostream& pad(std::ostream& out, const std::string& text, std::size_t width) {
  return out << padded(text, width) << "  ";
}

}  // namespace

void ColumnWidths::fit(const std::string& of_project, const std::string& of_report,
                       const std::string& of_instance) {
  const auto widen = [](std::size_t& width, const std::string& name) {
    width = std::max(width, std::min(name.size(), kWidestName));
  };
  widen(project, of_project);
  widen(report, of_report);
  widen(instance, of_instance);
}

std::string standing_of(const RunRecord& run) {
  return std::string(run.outcome ? journal::to_string(*run.outcome) : journal::to_string(run.state));
}

std::string text_of(const Uncovered& uncovered) {
  const std::string reason = one_line(uncovered.reason);
  if (!uncovered.outcome) return reason;
  const std::string outcome(journal::to_string(*uncovered.outcome));
  return reason.empty() ? outcome : outcome + ": " + reason;
}

void print_text(const ProjectName& project, const RunRecord& run, const std::string& instance_name,
                const ColumnWidths& widths, const Paint& paint, std::ostream& out) {
  out << format_utc(run.key.scheduled) << "  ";
  pad(out, one_line(project.str()), widths.project);
  pad(out, one_line(run.key.report.str()), widths.report);
  pad(out, one_line(instance_name), widths.instance);
  out << text_of(run.window) << "  ";
  const std::string standing = padded(standing_of(run), kStandingWidth);
  out << (run.outcome ? paint(tone_of(*run.outcome), standing) : standing) << "  ";
  pad(out, timing_of(run), kTimingWidth);
  out << one_line(run.reason);
  if (!run.archive_error.empty())
    out << "; " << paint(Tone::error, "not archived") << ": " << one_line(run.archive_error);
  out << '\n';
}

void print_text(const SeriesCoverage& found, const std::string& instance_name, const ColumnWidths& widths,
                const Paint& paint, std::ostream& out) {
  const planner::Coverage& coverage = found.coverage;
  pad(out, one_line(found.series.project.str()), widths.project);
  pad(out, one_line(found.series.report.str()), widths.report);
  pad(out, one_line(instance_name), widths.instance);
  if (coverage.span.begin >= coverage.span.end) {
    out << "nothing to cover\n";
    return;
  }
  if (coverage.gaps.empty() && coverage.pending.empty()) {
    out << paint(Tone::well, "covered") << ' ' << text_of(coverage.span) << " without a gap\n";
    return;
  }
  out << counted(coverage.gaps.size(), "gap") << " from " << text_of(coverage.span);
  if (!coverage.pending.empty()) out << ", and " << coverage.pending.size() << " pending";
  out << '\n';
  for (const Uncovered& gap : coverage.gaps)
    out << paint(Tone::error, "  gap      ") << text_of(gap.span) << "  " << text_of(gap) << '\n';
  for (const Uncovered& pending : coverage.pending)
    out << "  pending  " << text_of(pending.span) << "  " << text_of(pending) << '\n';
}

Json to_json(const ProjectName& project, const RunRecord& run, const std::string& instance_name) {
  return {{"scheduled_time", format_utc(run.key.scheduled)},
          {"project", project.str()},
          {"report", run.key.report.str()},
          {"instance_id", run.key.instance.str()},
          {"instance_name", instance_name},
          {"window_begin", format_utc(run.window.begin)},
          {"window_end", format_utc(run.window.end)},
          {"state", journal::to_string(run.state)},
          {"outcome", run.outcome ? Json(journal::to_string(*run.outcome)) : Json()},
          {"reason", run.reason},
          {"served_by", time_or_null(run.served_by)},
          {"submitted_at", time_or_null(run.submitted_at)},
          {"accepted_at", time_or_null(run.accepted_at)},
          {"settled_at", time_or_null(run.settled_at)},
          {"skew_seconds", seconds_or_null(skew_of(run))},
          {"duration_seconds", seconds_or_null(duration_of(run))},
          {"report_id", run.report_id.str()},
          {"percentum", run.percentum < 0 ? Json() : Json(run.percentum)},
          {"attempts", run.attempts},
          {"archived", run.archived},
          {"archive_error", run.archive_error}};
}

Json to_json(const SeriesCoverage& found, const std::string& instance_name) {
  const planner::Coverage& coverage = found.coverage;
  const bool has_span = coverage.span.begin < coverage.span.end;
  Json document{{"project", found.series.project.str()},
                {"report", found.series.report.str()},
                {"instance_id", found.series.instance.str()},
                {"instance_name", instance_name},
                {"from", has_span ? Json(format_utc(coverage.span.begin)) : Json()},
                {"to", has_span ? Json(format_utc(coverage.span.end)) : Json()},
                {"covered", Json::array()},
                {"gaps", Json::array()},
                {"pending", Json::array()}};
  for (const Window& window : coverage.covered)
    document["covered"].push_back({{"begin", format_utc(window.begin)}, {"end", format_utc(window.end)}});
  for (const Uncovered& gap : coverage.gaps) document["gaps"].push_back(overview::to_json(gap));
  for (const Uncovered& pending : coverage.pending) document["pending"].push_back(overview::to_json(pending));
  return document;
}

}  // namespace dbssd::cli
