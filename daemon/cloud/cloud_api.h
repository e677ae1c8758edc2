// The port to one project of the cloud. Everything above it speaks this interface; tests put a fake behind
// it.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"
#include "cloud/types.h"

namespace dbssd::cloud {

/// Blocking calls, from any number of threads at once. The project's time-out is for all of a call: what lets
/// it in, its turn, and its way (a listing: for each page; a download may be under way ten times as long). A
/// third of it is kept for the way: a call that would leave later than that does not leave.
///
/// A read that fails has no effect: not_sent means that no answer came, outcome_unknown that the service
/// failed (5xx) or its answer broke off, malformed that a whole answer does not decode.
/// For the two mutations, Error::kind says what is known: not_sent, throttled and unauthorized had no effect;
/// rejected and not_found were refused by the service; everything else is outcome_unknown. No mutation is
/// ever sent a second time by the client, except once with a fresh credential after a 401.
class CloudApi {
 public:
  virtual ~CloudApi() = default;

  /// Finds out which paths the region has, where nobody has said or found out. Where it has those of former
  /// times alone, calls of reports and of the summary task fail with rejected from then on, and send nothing.
  [[nodiscard]] virtual Expected<InstanceListing> list_instances() = 0;
  /// Accepted, not done: only the list says ACTIVE.
  [[nodiscard]] virtual Expected<void> start_instance(const InstanceId& id) = 0;
  /// In any order; can be empty for a while after an order.
  [[nodiscard]] virtual Expected<std::vector<Job>> list_jobs(const ResourceId& id) = 0;
  [[nodiscard]] virtual Expected<SummaryTask> summary_task(BusiType type) = 0;
  /// Accepted, not done; the service gives no report id.
  [[nodiscard]] virtual Expected<void> create_report(const InstanceId& id, const CreateReport& request) = 0;
  /// All pages, in the service's order; where any reports are `wanted`, only until the last of these has been
  /// seen. Where it is in doubt whether these are all, it says so.
  [[nodiscard]] virtual Expected<ReportListing> list_reports(const InstanceId& id,
                                                             const std::vector<ReportId>& wanted) = 0;
  /// Where it is in doubt whether these are all, it says so.
  [[nodiscard]] virtual Expected<TemplateListing> list_templates(const InstanceId& id) = 0;
  [[nodiscard]] virtual Expected<NativeSchedule> native_schedule(const InstanceId& id,
                                                                 const TemplateId& of) = 0;
  [[nodiscard]] virtual Expected<std::vector<Database>> list_databases(const InstanceId& id) = 0;
  /// The finished report's bytes (PDF or ZIP), handed to `sink` in order; a sink that returns false stops the
  /// transfer.
  [[nodiscard]] virtual Expected<void> download_report(
      const InstanceId& id, const ReportId& report, std::string_view locale,
      const std::function<bool(std::span<const char>)>& sink) = 0;
  /// Of what the calls are let in by; nothing where none was fetched yet, or its end is not known. Asks
  /// nobody.
  [[nodiscard]] virtual std::optional<TokenLife> token_life() const = 0;
  /// Of the newest answer that told the time; nothing where none did. Asks nobody.
  [[nodiscard]] virtual std::optional<ServiceDate> service_date() const = 0;
  /// Ends every call under way within 200 ms, and every later one at once, with not_sent or outcome_unknown.
  /// For good.
  virtual void cancel() = 0;
};

/// What a client notices beside the answer to a call. Delivered on the calling thread, possibly several at
/// once.
struct Notice {
  enum class Kind {
    token_renewed,
    auth_failed,   ///< IAM or the gateway refused the credential; once, until a call is let in again
    malformed,     ///< an answer that decodes only in part, or not at all
    clock_skewed,  ///< this host's clock and the service's are too far apart; once for all clients of a
                   ///< ledger
    clock_agreed,  ///< and no more so
    legacy_paths,  ///< the region has only the paths of former times; once for all clients that know together
    current_paths,  ///< and no more so
  };
  Kind kind = Kind::malformed;
  std::string message;
  std::string request_id;
};
using NoticeSink = std::function<void(const Notice&)>;

}  // namespace dbssd::cloud
