// A value that most of its many owners never change.
#pragma once

#include <memory>
#include <utility>

namespace dbssd {

/// Takes a pointer's room for as long as it is what T{} is. Copies like the value.
template <class T>
class OnDemand {
 public:
  OnDemand() = default;
  OnDemand(const OnDemand& other) : value_(other.value_ ? std::make_unique<T>(*other.value_) : nullptr) {}
  OnDemand(OnDemand&&) noexcept = default;
  OnDemand& operator=(OnDemand other) noexcept {
    value_ = std::move(other.value_);
    return *this;
  }
  ~OnDemand() = default;

  [[nodiscard]] const T& operator*() const {
    static const T first{};
    return value_ ? *value_ : first;
  }
  [[nodiscard]] const T* operator->() const { return &**this; }
  /// From now on it has a place of its own.
  [[nodiscard]] T& change() {
    if (!value_) value_ = std::make_unique<T>();
    return *value_;
  }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace dbssd
