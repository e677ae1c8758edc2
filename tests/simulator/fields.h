#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dbss_sim {

// Reads the members of a JSON object that a person wrote (a fleet file, a control request) into values that
// hold their defaults already. The first thing wrong, an unknown key included, is kept in `problem` and later
// ones are ignored, so a reader is straight-line code with one check at its end. `object` and `problem`
// outlive it.
class Fields {
 public:
  Fields(const nlohmann::json& object, std::string where, std::string& problem);

  Fields& take(std::string_view key, std::string& into);
  Fields& take(std::string_view key, bool& into);
  Fields& take(std::string_view key, int& into);
  Fields& take(std::string_view key, std::size_t& into);
  Fields& take(std::string_view key, std::int64_t& into);
  Fields& take(std::string_view key, double& into);
  Fields& take(std::string_view key, std::vector<std::string>& into);
  // One of these words, or it keeps what it is.
  Fields& take_choice(std::string_view key, std::string& into, std::span<const std::string_view> choices);
  // Null empties it.
  template <class T>
  Fields& take(std::string_view key, std::optional<T>& into) {
    const nlohmann::json* member = find(key);
    if (member == nullptr) return *this;
    if (is_null(*member)) {
      into.reset();
      return *this;
    }
    T value = into.value_or(T{});
    take(key, value);
    into = std::move(value);
    return *this;
  }
  // The member, now known, or nullptr where it is absent.
  const nlohmann::json* find(std::string_view key);
  // As find, for a member that must be an array.
  const nlohmann::json* find_array(std::string_view key);
  // What a reader of that member calls its place.
  std::string where(std::string_view key) const;
  // Complains of each key that nobody asked for.
  void finish();
  void complain(std::string_view key, std::string_view what);

 private:
  static bool is_null(const nlohmann::json& value);
  template <class T, class Fits>
  Fields& take_as(std::string_view key, T& into, std::string_view type, Fits fits);

  const nlohmann::json& object_;
  std::string where_;
  std::string& problem_;
  std::vector<std::string> known_;
};

}  // namespace dbss_sim
