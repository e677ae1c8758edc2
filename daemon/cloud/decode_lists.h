// What the decoders of listings share.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "cloud/decode.h"
#include "cloud/json.h"

namespace dbssd::cloud {

inline constexpr std::size_t kMaxId = 256;    ///< a longer identifier is not one
inline constexpr std::size_t kMaxName = 256;  ///< longer names are cut
inline constexpr std::size_t kMaxProse = 1024;
inline constexpr std::size_t kLikelyEntries = 1000;  ///< on a page; more are asked for nowhere

/// An identifier whole or not at all: cut short, it would be somebody else's. Neither "." nor "..": they
/// would change the path that they are put into.
[[nodiscard]] Expected<std::string> identifier_of(json::Object entry,
                                                  std::initializer_list<std::string_view> keys);

/// Reads a page whose entries stand in any of the lists named `lists`, each entry bare or wrapped in an
/// object under `wrapper`. `read` is Expected<T>(json::Object).
template <class T, class Read>
[[nodiscard]] Expected<Page<T>> decode_page(const std::string& body,
                                            std::initializer_list<std::string_view> lists,
                                            std::string_view wrapper, const Read& read) {
  const Expected<json::Document> document = json::Document::parse(body, body.capacity() - body.size());
  if (!document) return fail(document.error());
  const auto root = json::object_of(document->root());
  if (!root) return fail(ErrorKind::malformed, "a list is expected in an object");

  Page<T> page;
  page.total = json::integer_of(json::field(*root, {"total", "total_num", "totalNum", "total_count"}));
  bool found = false;
  for (const std::string_view name : lists) {
    json::Element list;
    if (root->at_key(name).get(list) != simdjson::SUCCESS) continue;
    if (list.is_null()) {  // how some services write an empty list
      found = true;
      continue;
    }
    const auto array = json::array_of(list);
    if (!array) continue;
    found = true;
    page.items.reserve(page.items.size() + std::min(array->size(), kLikelyEntries));
    for (const json::Element element : *array) {
      const std::size_t index = page.entries++;
      auto object = json::object_of(element);
      if (object && !wrapper.empty()) {
        if (const auto inner = json::field(*object, {wrapper}); inner && inner->is_object())
          object = json::object_of(*inner);
      }
      Expected<T> item = object ? read(*object) : fail(ErrorKind::malformed, "is not an object");
      if (item) {
        page.items.push_back(*std::move(item));
      } else {
        page.problems.push_back(std::string(name) + '[' + std::to_string(index) +
                                "]: " + item.error().message);
      }
    }
  }
  if (!found)
    return fail(ErrorKind::malformed, "the list \"" + std::string(*lists.begin()) + "\" is missing");
  return page;
}

}  // namespace dbssd::cloud
