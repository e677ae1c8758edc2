// Lenient reading of JSON answers. The service's scalars arrive as text or as numbers, its keys in two
// spellings, its lists under several names; this is the one place that makes them alike. Only decode_*.cpp
// include it.
#pragma once

#include <simdjson.h>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/expected.h"
#include "base/permit.h"

namespace dbssd::cloud::json {

using Array = simdjson::dom::array;
using Element = simdjson::dom::element;
using Object = simdjson::dom::object;

/// Lists nest three deep; what is deeper than this is hostile.
inline constexpr std::size_t kMaxDepth = 32;

/// A parsed answer, which owns what its elements point into. Not to be kept, and none to be parsed while
/// another is there in the same thread: there are few at a time.
class Document {
 public:
  /// malformed for what is not JSON. What breaks a single value only (bytes that are no UTF-8, raw control
  /// characters, half surrogates, numbers beyond 64 bits) is mended first, so that one poisoned name does not
  /// hide its neighbours.
  /// `behind`: how many bytes of memory follow the text, of any content; with kPageMargin of them it is not
  /// copied.
  [[nodiscard]] static Expected<Document> parse(std::string_view text, std::size_t behind = 0);
  [[nodiscard]] Element root() const { return root_; }

 private:
  Document(Permit permit, std::unique_ptr<simdjson::dom::parser> parser, Element root)
      : permit_(std::move(permit)), parser_(std::move(parser)), root_(root) {}
  Permit permit_;
  std::unique_ptr<simdjson::dom::parser> parser_;
  Element root_;
};

/// The first of these keys that is there and not null.
[[nodiscard]] std::optional<Element> field(Object object, std::initializer_list<std::string_view> keys);
/// Nothing where the element is not of that type.
[[nodiscard]] std::optional<Object> object_of(Element element);
[[nodiscard]] std::optional<Array> array_of(Element element);

/// A scalar as text, cut to `limit` bytes between two characters; "" for null, lists and objects.
[[nodiscard]] std::string text_of(std::optional<Element> element, std::size_t limit);
/// A whole number, or text that is one; nothing where it does not fit: it is never cut off or rounded.
[[nodiscard]] std::optional<std::int64_t> integer_of(std::optional<Element> element);

/// `text` cut to `limit` bytes, not within a character of UTF-8.
[[nodiscard]] std::string_view cut(std::string_view text, std::size_t limit);

/// The mending that parse() falls back on: every number becomes text, every bad byte or escape U+FFFD.
[[nodiscard]] std::string mend(std::string_view text);

}  // namespace dbssd::cloud::json
