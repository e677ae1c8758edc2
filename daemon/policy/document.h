// YAML as plain values. The only door to the YAML library, and stricter than it.
#pragma once

#include <cstddef>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "policy/source.h"

namespace dbssd::policy {

/// A node owns all below it, in the order of the text. Offsets are bytes in the source.
struct Node {
  enum class Kind {
    null,  ///< nothing, `~` or `null`
    scalar,
    list,
    map,    ///< its items have keys; a key that occurs twice is there twice
    alias,  ///< always with a refusal
  };
  Kind kind = Kind::null;
  bool plain = false;             ///< a scalar without quotes
  const char* refusal = nullptr;  ///< why policies do not hold this: an anchor, an alias or a tag
  std::size_t at = 0;
  std::size_t key_at = 0;
  std::string key;
  std::string text;
  std::vector<Node> items;
};

/// Reads one document whose root is a map. Aliases are not followed. Bounded in depth and in nodes, whatever
/// the text is, provided that find_flaw found none in it. Throws nothing.
[[nodiscard]] tl::expected<Node, Flaw> parse_document(const Source& source);

/// The source offset of a byte of a scalar's text; that of the scalar itself where it has several lines or
/// cannot be traced.
[[nodiscard]] std::size_t offset_within(const Source& source, const Node& scalar, std::size_t byte);

}  // namespace dbssd::policy
