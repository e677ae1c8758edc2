// The words in which the reader's sections declare their keys: to declare a key is to read it.
//   keys("timeout").duration(limits.timeout, {Seconds{1}, std::chrono::minutes{5}});
//
// A reading function reads into its argument, which keeps its value where nothing or a wrong thing is given,
// and returns true where it has read. What is wrong is reported: a Value is to be read once at most.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/choices.h"
#include "policy/document.h"
#include "policy/reading.h"
#include "policy/words.h"

namespace dbssd::policy {

template <class T>
struct Range {
  T least;
  T greatest;
};

class Fields;

/// What stands at one path of the policy: a node, or nothing. Cheap to copy; the document outlives it.
class Value {
 public:
  Value(Reading& reading, const Node* node, std::string path)
      : reading_(&reading), node_(node), path_(std::move(path)) {}

  [[nodiscard]] bool given() const { return node_ != nullptr; }
  [[nodiscard]] bool is_scalar() const { return given() && node_->kind == Node::Kind::scalar; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] Reading& reading() const { return *reading_; }

  bool text(std::string& into, Form form = any_text) const;
  bool integer(int& into, Range<int> range) const;
  bool duration(Seconds& into, Range<Seconds> range) const;
  /// An IANA zone that the system knows.
  bool zone(std::string& into) const;
  using Look = std::function<void(const Value& item, const std::string& text)>;
  /// A list of texts, none of them twice. `look` is shown each that is read.
  bool texts(std::vector<std::string>& into, Form form, const Look& look = {}) const;
  template <class E, std::size_t N>  /// `besides`: what else could stand here
  bool choice(E& into, const Choices<E, N>& choices, std::string_view besides = {}) const;

  /// body(Fields&) declares the keys; all others are errors. `wanted` says what could stand here.
  template <class Body>
  bool map(Body body, std::string_view wanted = "a map of keys") const;
  /// body(Value) reads one item.
  template <class Body>
  bool list(Body body) const;

  void error(std::string message) const { report(std::nullopt, std::move(message)); }
  void warning(Lint lint, std::string message) const { report(lint, std::move(message)); }
  /// At a byte of this scalar's text.
  void error_within(std::size_t byte, std::string message) const;
  /// Reports what policies do not hold anywhere, or that the node is of another kind than is wanted.
  [[nodiscard]] bool is(Node::Kind kind, std::string_view wanted) const;

 private:
  friend class Fields;
  void report(std::optional<Lint> lint, std::string message) const;

  Reading* reading_;
  const Node* node_;  ///< null where nothing is given
  std::string path_;
};

/// The keys of one map.
class Fields {
 public:
  explicit Fields(const Value& map) : map_(map) {}
  /// Declares a key that may be left out.
  [[nodiscard]] Value operator()(std::string_view key) { return declare(key, false); }
  /// Declares a key that must be given.
  [[nodiscard]] Value required(std::string_view key) { return declare(key, true); }
  /// Declares keys of which exactly one must be given; that one, and what it means.
  template <class E, std::size_t N>
  [[nodiscard]] std::optional<std::pair<E, Value>> one_of(const Choices<E, N>& keys);
  /// Reports at the map that it lacks a key.
  void missing(std::string_view key, std::string message) const;
  /// From here on no report repeats a key of this map that nobody declared: it may be a secret, misplaced.
  void conceal() { concealed_ = true; }
  /// Reports the keys that nobody declared, and those that stand twice.
  void finish() const;

 private:
  Value declare(std::string_view key, bool required);

  const Value& map_;
  std::vector<std::string_view> declared_;
  bool concealed_ = false;
};

template <class E, std::size_t N>
bool Value::choice(E& into, const Choices<E, N>& choices, std::string_view besides) const {
  const auto words = words_of(choices);
  if (reading_->recording()) reading_->recorded(path_).choices.assign(words.begin(), words.end());
  if (!is(Node::Kind::scalar, "a word")) return false;
  for (const auto& [word, meaning] : choices) {
    if (word != node_->text) continue;
    into = meaning;
    return true;
  }
  error(not_among(node_->text, words, besides));
  return false;
}

template <class E, std::size_t N>
std::optional<std::pair<E, Value>> Fields::one_of(const Choices<E, N>& keys) {
  std::optional<std::pair<E, Value>> found;
  const auto words = words_of(keys);
  for (const auto& [key, meaning] : keys) {
    const Value value = (*this)(key);
    if (!value.given()) continue;
    if (found) {
      value.error("only one of " + enumerated(words) + " can be given");
    } else {
      found.emplace(meaning, value);
    }
  }
  if (!found && map_.given()) map_.error("must have one of the keys " + enumerated(words));
  return found;
}

template <class Body>
bool Value::map(Body body, std::string_view wanted) const {
  if (!reading_->recording() && !is(Node::Kind::map, wanted)) return false;
  Fields fields(*this);
  body(fields);
  fields.finish();
  return given();
}

template <class Body>
bool Value::list(Body body) const {
  if (reading_->recording()) body(Value(*reading_, nullptr, path_ + "[]"));
  if (!is(Node::Kind::list, "a list")) return false;
  for (std::size_t i = 0; i < node_->items.size(); ++i) {
    body(Value(*reading_, &node_->items[i], path_ + '[' + std::to_string(i) + ']'));
  }
  return true;
}

}  // namespace dbssd::policy
