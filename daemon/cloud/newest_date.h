// What time the service told last.
#pragma once

#include <mutex>
#include <optional>

#include "cloud/types.h"

namespace dbssd::cloud {

/// Thread-safe.
class NewestDate {
 public:
  /// Answers come in any order: that to the call which left last counts.
  void take(const ServiceDate& date) {
    const std::scoped_lock lock(mutex_);
    if (!date_ || date_->sent <= date.sent) date_ = date;
  }
  [[nodiscard]] std::optional<ServiceDate> get() const {
    const std::scoped_lock lock(mutex_);
    return date_;
  }

 private:
  mutable std::mutex mutex_;
  std::optional<ServiceDate> date_;  ///< guarded by mutex_
};

}  // namespace dbssd::cloud
