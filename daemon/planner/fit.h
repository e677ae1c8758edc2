// Whether a listed report may be the one that a run asked for. The service gives no id when it takes a
// report, the list has no word that is certain to be the template's, and it says of no time in which zone it
// is: so what rules a report out is told from what only makes it doubtful, and from what speaks for it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/types.h"
#include "journal/records.h"
#include "schedule/zone.h"

namespace dbssd::planner {

/// What templates are called: a word of the list that is none of these says nothing of a template.
struct TemplateWords {
  std::set<std::string> types;
  std::set<std::string> names;
};
/// The documented types, and what these templates and runs have.
[[nodiscard]] TemplateWords template_words(const std::vector<cloud::Template>& templates,
                                           const std::vector<const journal::RunRecord*>& runs);

/// A run's window in the words of a create call.
struct WindowWords {
  std::string begin;
  std::string end;
};
/// As it was sent; of a run that was not, as it would be sent now, where the zone of the wire is known.
[[nodiscard]] WindowWords words_of(const journal::RunRecord& run, const std::optional<schedule::Zone>& zone);

/// The ends of two windows that have the same words, since clocks were set back or api_time_zone was changed,
/// are no further apart: what runs of either have claimed is to be known.
inline constexpr Seconds kAlikeWithin = std::chrono::hours{26};
/// A list that shows a report of one may show that of the other.
[[nodiscard]] bool are_alike(const journal::RunRecord& a, const journal::RunRecord& b);

/// The most signs that a fit has.
inline constexpr int kMostSigns = 7;

struct Fit {
  bool is_possible = false;  ///< it is over the run's window, and nothing rules it out
  std::string_view doubt{};  ///< why it may be another's all the same; empty: it is ours, if it is nobody's
  int signs = 0;             ///< how much beside its window speaks for it, to be compared between reports
};
[[nodiscard]] Fit fit_of(const cloud::Report& report, const journal::RunRecord& run, const WindowWords& words,
                         const TemplateWords& known);

/// One of the service's own schedule, which no call made.
[[nodiscard]] bool is_made_by_schedule(const cloud::Report& report);

}  // namespace dbssd::planner
