#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace dbss_sim {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

// A map that is looked up by a view of its key.
template <class T>
using TextMap = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

}  // namespace dbss_sim
