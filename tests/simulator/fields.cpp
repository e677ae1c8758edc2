#include "simulator/fields.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace dbss_sim {

using nlohmann::json;

Fields::Fields(const json& object, std::string where, std::string& problem)
    : object_(object), where_(std::move(where)), problem_(problem) {
  if (!object_.is_object() && problem_.empty()) problem_ = where_ + ": not an object";
}

std::string Fields::where(std::string_view key) const {
  return where_.empty() ? std::string(key) : where_ + '.' + std::string(key);
}

void Fields::complain(std::string_view key, std::string_view what) {
  if (problem_.empty()) problem_ = where(key) + ": " + std::string(what);
}

bool Fields::is_null(const json& value) { return value.is_null(); }

const json* Fields::find(std::string_view key) {
  known_.emplace_back(key);
  if (!object_.is_object()) return nullptr;
  const auto member = object_.find(std::string(key));
  return member == object_.end() ? nullptr : &*member;
}

const json* Fields::find_array(std::string_view key) {
  const json* member = find(key);
  if (member == nullptr || member->is_array()) return member;
  complain(key, "not an array");
  return nullptr;
}

template <class T, class Fits>
Fields& Fields::take_as(std::string_view key, T& into, std::string_view type, Fits fits) {
  const json* member = find(key);
  if (member == nullptr) return *this;
  if (fits(*member)) {
    into = member->get<T>();
  } else {
    complain(key, "not " + std::string(type));
  }
  return *this;
}

Fields& Fields::take(std::string_view key, std::string& into) {
  return take_as(key, into, "a string", [](const json& v) { return v.is_string(); });
}
Fields& Fields::take(std::string_view key, bool& into) {
  return take_as(key, into, "true or false", [](const json& v) { return v.is_boolean(); });
}
Fields& Fields::take(std::string_view key, int& into) {
  return take_as(key, into, "an integer", [](const json& v) { return v.is_number_integer(); });
}
Fields& Fields::take(std::string_view key, std::int64_t& into) {
  return take_as(key, into, "an integer", [](const json& v) { return v.is_number_integer(); });
}
Fields& Fields::take(std::string_view key, std::size_t& into) {
  return take_as(key, into, "a count", [](const json& v) { return v.is_number_unsigned(); });
}
Fields& Fields::take(std::string_view key, double& into) {
  return take_as(key, into, "a number of at least 0",
                 [](const json& v) { return v.is_number() && v.get<double>() >= 0; });
}
Fields& Fields::take(std::string_view key, std::vector<std::string>& into) {
  return take_as(key, into, "an array of strings", [](const json& v) {
    return v.is_array() && std::all_of(v.begin(), v.end(), [](const json& e) { return e.is_string(); });
  });
}

Fields& Fields::take_choice(std::string_view key, std::string& into,
                            std::span<const std::string_view> choices) {
  std::string value = into;
  take(key, value);
  if (std::find(choices.begin(), choices.end(), value) != choices.end()) {
    into = std::move(value);
    return *this;
  }
  std::string list;
  for (const auto choice : choices) list.append(list.empty() ? "" : ", ").append(choice);
  complain(key, "must be one of " + list);
  return *this;
}

void Fields::finish() {
  if (!object_.is_object()) return;
  for (const auto& [key, value] : object_.items()) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) complain(key, "unknown key");
  }
}

}  // namespace dbss_sim
