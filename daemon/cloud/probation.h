// Trust in a credential that cannot be renewed: it is tried by one call at a time until one was admitted, and
// left alone for minutes where it keeps being refused, because services lock what fails too often in a row.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>

#include "base/expected.h"
#include "base/time.h"
#include "cloud/cloud_api.h"
#include "cloud/credentials.h"

namespace dbssd::cloud {

/// Thread-safe.
class Probation {
 public:
  /// Holds after `most_refusals` in a row. `clock` outlives it; `notices` is called without a lock held.
  Probation(const Clock& clock, NoticeSink notices, int most_refusals);

  /// Waits while another call is on trial. unauthorized, with retry_after, while held. Each success is
  /// followed by one conclude().
  [[nodiscard]] Expected<void> enter(MonoTime deadline);
  /// True for a refusal that did not lead to a hold: one more try is in order.
  [[nodiscard]] bool conclude(Credentials::Outcome outcome, const std::string& why);

 private:
  const Clock& clock_;
  const NoticeSink notices_;
  const int most_refusals_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  bool proven_ = false;
  bool on_trial_ = false;
  int refusals_ = 0;  ///< in a row
  int holds_ = 0;     ///< in a row
  MonoTime held_until_{};
};

}  // namespace dbssd::cloud
