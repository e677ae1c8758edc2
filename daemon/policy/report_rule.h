// One rule that has reports generated.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "cloud/types.h"
#include "policy/select.h"
#include "schedule/cron.h"
#include "schedule/due.h"
#include "schedule/window.h"

namespace dbssd::policy {

/// How the template is named; type and name are resolved on each instance.
struct TemplateRef {
  enum class By { id, type, name };
  By by = By::id;
  std::string value;
  bool operator==(const TemplateRef&) const = default;
};

enum class WhenInactive { wait, skip };

/// A report of which nobody can tell whether it was made: rather a second one, or rather none.
enum class OnUnknown { retry, accept };

/// What becomes of a finished report on this host.
struct Archive {
  std::string directory;
  std::string locale = "en-us";  ///< en-us or zh-cn
  std::optional<Seconds> keep;   ///< absent: for ever
  bool operator==(const Archive&) const = default;
};

/// Reports that are being made are looked for in the list at least this often.
inline constexpr Seconds kReportPoll{60};

struct ReportRule {
  ReportName name = {};
  TemplateRef report_template = {};
  schedule::Cron schedule;
  std::string time_zone = {};  ///< IANA, of the schedule and the window; where none is given, the policy's
  schedule::WindowRule window = {};
  Select select = {};
  std::vector<std::string> databases = {};  ///< db_ids; empty is all
  WhenInactive when_inactive = WhenInactive::wait;
  OnUnknown on_unknown = OnUnknown::retry;
  std::optional<cloud::BusiType> after_summary = {};  ///< wait until that task has succeeded for the window
  schedule::MissedPolicy missed = schedule::MissedPolicy::latest;
  Seconds deadline = std::chrono::hours{6};
  Seconds spread = std::chrono::minutes{10};
  Seconds finish_within = std::chrono::hours{2};
  std::optional<Archive> archive = {};
  bool operator==(const ReportRule&) const = default;
};

}  // namespace dbssd::policy
