// The status endpoint: what is served at which path, and where.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "policy/policy.h"
#include "schedule/zone.h"
#include "telemetry/endpoint.h"
#include "telemetry/lookout.h"
#include "telemetry/metrics.h"
#include "telemetry/service_state.h"
#include "telemetry/view.h"

namespace dbssd::telemetry {

/// What the endpoint tells of. All of it must outlive the service.
struct StatusSources {
  const Clock& clock;
  schedule::ZoneDatabase& zones;
  const Metrics& metrics;
  const ServiceBoard& board;
  std::function<std::uint64_t()> log_lines_lost;
  std::function<LeftAlone(MonoTime now)> left_alone;
  std::string version;
  ThreadWatch* threads = nullptr;
};

/// Serves /metrics, /healthz, /readyz, /status.json and the page; nothing before listen(). Its methods are
/// the main thread's. No lane waits for it: what lanes did is read from the journal's file.
class StatusService {
 public:
  /// `state_path` is the journal that is open.
  StatusService(StatusSources sources, std::string state_path, std::shared_ptr<const policy::Policy> policy);
  ~StatusService();
  StatusService(const StatusService&) = delete;
  StatusService& operator=(const StatusService&) = delete;

  /// Opens, moves or closes the endpoint. True where it then listens elsewhere than before. On failure what
  /// was open stays open.
  [[nodiscard]] Expected<bool> listen(const std::optional<policy::Status>& status);

  /// "http://127.0.0.1:9464/"; empty where nothing is open.
  [[nodiscard]] std::string url() const;

  /// What is looked at from now on.
  void take_up(std::shared_ptr<const policy::Policy> policy);

  /// Closes the endpoint, which no client can delay, and ends what is under way without waiting for it.
  void close();

 private:
  [[nodiscard]] std::optional<Response> serve(std::string_view path);
  [[nodiscard]] std::optional<Response> metrics();
  [[nodiscard]] std::optional<Response> status();
  [[nodiscard]] View look(const std::stop_token& stop);
  void wake();

  const StatusSources sources_;
  const std::string state_path_;
  std::optional<policy::Status> listening_;  ///< as the policy has it

  mutable std::mutex endpoint_mutex_;
  std::unique_ptr<Endpoint> endpoint_;  // guarded by endpoint_mutex_; changed by the main thread alone

  std::mutex policy_mutex_;
  std::shared_ptr<const policy::Policy> policy_;  // guarded by policy_mutex_

  Lookout lookout_;  ///< last: its thread uses all of the above
};

}  // namespace dbssd::telemetry
