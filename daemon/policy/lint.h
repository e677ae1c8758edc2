// What a valid policy is warned of: each kind by a name that stays, so that it can be looked up.
#pragma once

#include <cstdint>

#include "policy/choices.h"

namespace dbssd::policy {

enum class Lint : std::uint8_t {
  confirm_too_soon,  ///< a start is called overdue before anyone looks
  few_descriptors,   ///< more connections may be wanted at once than the host grants
  few_threads,       ///< likewise
  finish_too_soon,   ///< so is a report
  missed_expires,    ///< missed: all, and what was missed is too late to be made
  never_reached,     ///< an earlier start rule selects all that this one could
  not_writable,      ///< a directory that dbssd is to write into, as far as this host tells
  open_status,       ///< the status page is open to other hosts
  same_report,       ///< two rules make one report twice
  selects_nothing,
  unknown_project,  ///< no project of the policy is meant by a pattern
  unknown_region,
  window_gaps,      ///< between the windows of consecutive reports
  window_overlaps,  ///< likewise
};

inline constexpr Choices<Lint, 14> kLints{{{"confirm-too-soon", Lint::confirm_too_soon},
                                           {"few-descriptors", Lint::few_descriptors},
                                           {"few-threads", Lint::few_threads},
                                           {"finish-too-soon", Lint::finish_too_soon},
                                           {"missed-expires", Lint::missed_expires},
                                           {"never-reached", Lint::never_reached},
                                           {"not-writable", Lint::not_writable},
                                           {"open-status", Lint::open_status},
                                           {"same-report", Lint::same_report},
                                           {"selects-nothing", Lint::selects_nothing},
                                           {"unknown-project", Lint::unknown_project},
                                           {"unknown-region", Lint::unknown_region},
                                           {"window-gaps", Lint::window_gaps},
                                           {"window-overlaps", Lint::window_overlaps}}};

}  // namespace dbssd::policy
