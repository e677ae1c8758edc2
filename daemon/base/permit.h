// A part in what only few may do at a time, because of the room that it takes.
#pragma once

#include <semaphore>
#include <utility>

namespace dbssd {

/// Waits until there is a part, and gives it back when it goes; without a semaphore nobody has to wait. A
/// thread that holds one must not wait for another of the same semaphore, which outlives it.
class Permit {
 public:
  explicit Permit(std::counting_semaphore<>* of) : of_(of) {
    if (of_ != nullptr) of_->acquire();
  }
  ~Permit() {
    if (of_ != nullptr) of_->release();
  }
  Permit(Permit&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
  Permit& operator=(Permit&&) = delete;

 private:
  std::counting_semaphore<>* of_;
};

}  // namespace dbssd
