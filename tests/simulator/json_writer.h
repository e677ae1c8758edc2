#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace dbss_sim {

// Appends JSON to a string it owns. Pages of a thousand instances are built with it, hence no tree in
// between. Commas are put where they belong; nesting is the caller's care.
class JsonWriter {
 public:
  JsonWriter& open(char bracket = '{') {
    separate();
    out_ += bracket;
    return *this;
  }
  JsonWriter& close(char bracket = '}') {
    out_ += bracket;
    return *this;
  }
  JsonWriter& key(std::string_view name);
  JsonWriter& text(std::string_view value);
  JsonWriter& number(std::int64_t value);
  JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
  JsonWriter& null() { return raw("null"); }
  // JSON that is written already.
  JsonWriter& raw(std::string_view json);

  JsonWriter& field(std::string_view name, std::string_view value) { return key(name).text(value); }
  JsonWriter& field(std::string_view name, const char* value) { return key(name).text(value); }
  template <std::integral T>
  JsonWriter& field(std::string_view name, T value) {
    if constexpr (std::same_as<T, bool>) {
      return key(name).boolean(value);
    } else {
      return key(name).number(static_cast<std::int64_t>(value));
    }
  }

  void reserve(std::size_t bytes) { out_.reserve(bytes); }
  std::string take() { return std::move(out_); }

 private:
  void separate();

  std::string out_;
};

}  // namespace dbss_sim
