// The policy's text, and where in it something stands.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dbssd::policy {

/// For people: both count from 1, columns count characters.
struct Place {
  int line = 1;
  int column = 1;
};

/// Something wrong at a byte of the text.
struct Flaw {
  std::size_t at = 0;
  std::string message;
};

/// Views a text that must outlive it. A byte order mark at the start is no part of it.
class Source {
 public:
  explicit Source(std::string_view text);
  [[nodiscard]] std::string_view text() const { return text_; }
  /// Of a byte offset; one beyond the end is the end.
  [[nodiscard]] Place place(std::size_t offset) const;

 private:
  std::string_view text_;
  std::vector<std::size_t> line_starts_;
};

/// The largest policy that is read, in bytes.
inline constexpr std::size_t kMaxPolicyBytes = 1'000'000;

/// What must not reach a YAML parser: too much text, NUL and other control characters, invalid UTF-8, tabs as
/// indentation, and more brackets than a policy has use for (the parser keeps all tokens of a bracketed
/// text).
[[nodiscard]] std::optional<Flaw> find_flaw(std::string_view text);

}  // namespace dbssd::policy
