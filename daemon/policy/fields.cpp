#include "policy/fields.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace dbssd::policy {
namespace {

std::string_view describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return "nothing";
    case Node::Kind::scalar:
      return node.plain && parse_integer(node.text) ? "a number" : "text";
    case Node::Kind::list:
      return "a list";
    case Node::Kind::map:
      return "a map";
    case Node::Kind::alias:
      return "an alias";
  }
  return "";
}

std::string join(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : path + '.' + std::string(key);
}

/// ", did you mean 'schedule'?", or all that there is to choose from.
std::string meant_by(std::string_view key, std::span<const std::string_view> known) {
  const std::string suggestion = did_you_mean(key, known);
  return suggestion.empty() ? "; the keys here are " + enumerated(known, "and") : suggestion;
}

bool is_plain_key(std::string_view key) {
  return key.size() <= 40 && !rule_name(key) && key.find('.') == std::string_view::npos;
}

}  // namespace

bool Value::is(Node::Kind kind, std::string_view wanted) const {
  if (!given()) return false;
  if (node_->refusal != nullptr) {
    error(node_->refusal);
    if (node_->kind == Node::Kind::scalar) return false;
  }
  if (node_->kind == kind) return true;
  if (node_->kind == Node::Kind::null) {
    error("is empty: give " + std::string(wanted) + ", or leave it out");
  } else if (node_->kind != Node::Kind::alias) {
    error("must be " + std::string(wanted) + ", not " + std::string(describe(*node_)));
  }
  return false;
}

bool Value::text(std::string& into, Form form) const {
  if (!is(Node::Kind::scalar, "text")) return false;
  if (const Flawed flaw = form(node_->text)) {
    error(*flaw);
    return false;
  }
  into = node_->text;
  return true;
}

bool Value::integer(int& into, Range<int> range) const {
  const std::string least = std::to_string(range.least);
  const std::string greatest = std::to_string(range.greatest);
  if (reading_->recording()) reading_->recorded(path_).range = least + " to " + greatest;
  if (!is(Node::Kind::scalar, "a whole number")) return false;
  const auto value = parse_integer(node_->text);
  if (!value) {
    error("must be a whole number in plain decimal digits");
  } else if (!node_->plain) {
    error("must be a number without quotes");
  } else if (*value < range.least || *value > range.greatest) {
    error("must be between " + least + " and " + greatest);
  } else {
    into = *value;
    return true;
  }
  return false;
}

bool Value::duration(Seconds& into, Range<Seconds> range) const {
  const std::string least = format_duration(range.least);
  const std::string greatest = format_duration(range.greatest);
  if (reading_->recording()) reading_->recorded(path_).range = least + " to " + greatest;
  if (!is(Node::Kind::scalar, "a duration such as 90s, 15m, 6h or 30d")) return false;
  const auto value = parse_duration(node_->text);
  if (!value) {
    error(parse_integer(node_->text) ? "needs a unit: " + node_->text + "s, or m, h, d"
                                     : "must be a duration such as 90s, 15m, 6h, 30d or 1h30m");
  } else if (*value < range.least || *value > range.greatest) {
    error("must be between " + least + " and " + greatest);
  } else {
    into = *value;
    return true;
  }
  return false;
}

bool Value::zone(std::string& into) const {
  std::string name;
  if (!text(name)) return false;
  const auto known = reading_->find_zone(name);
  if (!known) {
    if (!known.error().empty()) error(known.error());
    return false;
  }
  into = std::move(name);
  return true;
}

bool Value::texts(std::vector<std::string>& into, Form form, const Look& look) const {
  std::vector<std::string> texts;
  std::unordered_set<std::string> seen;
  const bool read = list([&](const Value& item) {
    std::string text;
    if (!item.text(text, form)) return;
    if (!seen.insert(text).second) item.error("is in the list already");
    if (look) look(item, text);
    texts.push_back(std::move(text));
  });
  if (read) into = std::move(texts);
  return read;
}

void Value::error_within(std::size_t byte, std::string message) const {
  reading_->report(std::nullopt, offset_within(reading_->source(), *node_, byte), path_, std::move(message));
}

void Value::report(std::optional<Lint> lint, std::string message) const {
  // What is empty has no place of its own: the parser gives that of whatever comes next.
  const bool at_key = node_->kind == Node::Kind::null && !node_->key.empty();
  reading_->report(lint, at_key ? node_->key_at : node_->at, path_, std::move(message));
}

Value Fields::declare(std::string_view key, bool required) {
  declared_.push_back(key);
  std::string path = join(map_.path_, key);
  if (map_.reading_->recording()) map_.reading_->record(path, required);
  const Node* found = nullptr;
  if (map_.given()) {
    const auto item = std::ranges::find(map_.node_->items, key, &Node::key);
    if (item != map_.node_->items.end()) found = &*item;
    if (found == nullptr && required) missing(key, "is required");
  }
  return {*map_.reading_, found, std::move(path)};
}

void Fields::missing(std::string_view key, std::string message) const {
  map_.reading_->report(std::nullopt, map_.node_->at, join(map_.path_, key), std::move(message));
}

void Fields::finish() const {
  if (!map_.given()) return;
  std::unordered_map<std::string_view, std::size_t> seen;
  for (const Node& item : map_.node_->items) {
    if (map_.reading_->full()) return;
    const bool known = std::ranges::find(declared_, item.key) != declared_.end();
    const auto [first, is_new] = seen.emplace(item.key, item.key_at);
    if (is_new && known) continue;
    const bool shown = known || !concealed_;
    const bool in_path = shown && is_plain_key(item.key);
    std::string message = "unknown key";
    if (!is_new) {
      const int line = map_.reading_->source().place(first->second).line;
      message = "is given twice, first on line " + std::to_string(line);
    }
    if (shown && !in_path) message += ' ' + in_quotes(item.key);
    if (is_new) message += meant_by(item.key, declared_);
    map_.reading_->report(std::nullopt, item.key_at, in_path ? join(map_.path_, item.key) : map_.path_,
                          std::move(message));
  }
}

}  // namespace dbssd::policy
