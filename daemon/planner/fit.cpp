#include "planner/fit.h"

#include <algorithm>
#include <array>

#include "cloud/wire_time.h"

namespace dbssd::planner {

using journal::RunRecord;

namespace {

/// From the service's interface: what a report made by "create report" is listed as, and what one that the
/// service made by its own schedule is.
constexpr std::string_view kMadeOnDemand = "AUDIT_REPORT_REAL_TIME";
constexpr std::array<std::string_view, 4> kMadeBySchedule{"AUDIT_REPORT_DAY", "AUDIT_REPORT_WEEK",
                                                          "AUDIT_REPORT_MONTH", "AUDIT_REPORT_YEAR"};
constexpr std::array<const char*, 9> kDocumentedTypes{
    "COMPREHENSIVE",   "COMPLIANCE",     "SOX", "PCI", "DB_ANALYSIS", "CLIENT_IP_ANALYSIS", "SQL_DCL_COMMAND",
    "SQL_DDL_COMMAND", "SQL_DML_COMMAND"};

/// So far the service's clock and this host's may be apart, and calls are still let in.
constexpr Seconds kClocksApart = std::chrono::minutes{15};

// Signs, each worth more than those below it together.
constexpr int kTypeOfItsTemplate = 4;
constexpr int kNameOfItsTemplate = 2;
constexpr int kItsDatabases = 1;
static_assert(kTypeOfItsTemplate + kNameOfItsTemplate + kItsDatabases == kMostSigns);

bool is_bound(const std::string& words, Instant at, const std::string& listed_words,
              const std::optional<Instant>& listed_at) {
  if (words.empty() || listed_words.empty()) return listed_at == at;
  return words == listed_words;
}

std::set<std::string> sorted(const std::vector<std::string>& ids) { return {ids.begin(), ids.end()}; }

/// What one kind of word in the list says of it.
enum class Says { another, perhaps_another, nothing, this_one };

bool is_of_its_template(const std::string& word, const RunRecord& run) {
  return !word.empty() && (word == run.template_type || word == run.template_name);
}

/// template_type is a template's word or a format. A name may be anything: that it is another template's is
/// no proof.
Says by_its_template(const cloud::Report& report, const RunRecord& run, const TemplateWords& known) {
  if (is_of_its_template(report.template_type, run)) return Says::this_one;
  const bool is_word =
      known.types.contains(report.template_type) || known.names.contains(report.template_type);
  // Of a template that is not known: one was asked for, and one is there. What was never sent, as far as is
  // known, has no such claim.
  if (run.template_type.empty() && run.template_name.empty())
    return is_word && run.state == journal::RunState::due ? Says::perhaps_another : Says::nothing;
  if (is_word) return Says::another;
  if (is_of_its_template(report.name, run)) return Says::this_one;
  return known.names.contains(report.name) ? Says::perhaps_another : Says::nothing;
}

/// A list that names none says nothing, and one that names some may do so of a report over all.
Says by_its_databases(const cloud::Report& report, const RunRecord& run) {
  const std::set<std::string> listed = sorted(report.databases);
  const std::set<std::string> asked = sorted(run.databases);
  if (listed == asked) return Says::this_one;
  if (listed.empty() || asked.empty()) return Says::nothing;
  const bool share_one = std::ranges::any_of(asked, [&](const auto& id) { return listed.contains(id); });
  // As many that are all different may be the same by name.
  return share_one || listed.size() != asked.size() ? Says::another : Says::perhaps_another;
}

/// A report that was finished before its window had ended is not the whole evidence, and none of ours, which
/// are asked for later. Only what is so in every zone that finish_time may be in rules it out.
Says by_its_finish(const cloud::Report& report, const RunRecord& run) {
  if (!report.finish) return Says::nothing;
  if (report.finish->latest + kClocksApart < run.window.end) return Says::another;
  Instant no_earlier = run.window.end;
  // Of a lost call this would decide whether it is sent again, on nothing but a zone that is not said.
  if (run.state == journal::RunState::accepted && run.attempts == 1 && run.submitted_at)
    no_earlier = std::max(no_earlier, *run.submitted_at);
  return report.finish->likely + kClocksApart < no_earlier ? Says::perhaps_another : Says::nothing;
}

}  // namespace

TemplateWords template_words(const std::vector<cloud::Template>& templates,
                             const std::vector<const RunRecord*>& runs) {
  TemplateWords words{{kDocumentedTypes.begin(), kDocumentedTypes.end()}, {}};
  const auto add = [&words](const std::string& type, const std::string& name) {
    if (!type.empty()) words.types.insert(type);
    if (!name.empty()) words.names.insert(name);
  };
  for (const cloud::Template& t : templates) add(t.type, t.name);
  for (const RunRecord* run : runs) add(run->template_type, run->template_name);
  return words;
}

WindowWords words_of(const RunRecord& run, const std::optional<schedule::Zone>& zone) {
  if (!run.sent_begin.empty() && !run.sent_end.empty()) return {run.sent_begin, run.sent_end};
  if (!zone) return {};
  return {cloud::wire_words(run.window.begin, *zone), cloud::wire_words(run.window.end, *zone)};
}

bool are_alike(const RunRecord& a, const RunRecord& b) {
  if (a.window == b.window) return true;
  return !a.sent_begin.empty() && a.sent_begin == b.sent_begin && a.sent_end == b.sent_end;
}

bool is_made_by_schedule(const cloud::Report& report) {
  return std::ranges::find(kMadeBySchedule, report.type) != kMadeBySchedule.end();
}

Fit fit_of(const cloud::Report& report, const RunRecord& run, const WindowWords& words,
           const TemplateWords& known) {
  if (is_made_by_schedule(report)) return {};
  if (!is_bound(words.begin, run.window.begin, report.begin_words, report.start) ||
      !is_bound(words.end, run.window.end, report.end_words, report.end))
    return {};
  const Says its_template = by_its_template(report, run, known);
  const Says databases = by_its_databases(report, run);
  const Says finish = by_its_finish(report, run);
  if (its_template == Says::another || databases == Says::another || finish == Says::another) return {};

  Fit fit{.is_possible = true};
  if (is_of_its_template(report.template_type, run)) fit.signs += kTypeOfItsTemplate;
  if (is_of_its_template(report.name, run)) fit.signs += kNameOfItsTemplate;
  if (databases == Says::this_one) fit.signs += kItsDatabases;
  if (report.type != kMadeOnDemand) fit.doubt = "it does not say that it was made on demand";
  if (its_template == Says::perhaps_another) fit.doubt = "it may be of another template";
  if (databases == Says::perhaps_another) fit.doubt = "its databases are others, or are listed by name";
  if (finish == Says::perhaps_another)
    fit.doubt =
        "it was finished before its window had ended or it was asked for, unless its time is in another zone";
  return fit;
}

}  // namespace dbssd::planner
