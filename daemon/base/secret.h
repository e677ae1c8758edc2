// A value that must never be printed.
#pragma once

#include <string>
#include <string_view>

namespace dbssd {

/// Owns a secret and overwrites it when it goes. There is no way to format, stream or compare one by
/// accident; reveal() is the single, searchable place where the text comes out.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text);
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  [[nodiscard]] std::string_view reveal() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }

 private:
  void wipe() noexcept;
  std::string text_;
};

}  // namespace dbssd
