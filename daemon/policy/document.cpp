#include "policy/document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <exception>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

namespace dbssd::policy {
namespace {

constexpr std::size_t kMaxDepth = 16;
constexpr std::size_t kMaxNodes = 250'000;
constexpr const char* kBadKey = "a key must be plain text";

/// Ends the library's parse from within one of its events.
struct Refusal {
  Flaw flaw;
};

std::size_t offset(const YAML::Mark& mark) { return mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos); }

/// Where the quote that opens at `at` is closed; nothing where it never is, which the library lets pass at
/// the end of a text.
std::optional<std::size_t> closing_quote(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (quote == '"' || i + 1 == text.size() || text[i + 1] != '\'') return i;
      ++i;
    }
  }
  return std::nullopt;
}

bool opens_quote(std::string_view text, std::size_t at) {
  return at < text.size() && (text[at] == '"' || text[at] == '\'');
}

/// Builds nodes from events rather than from the library's own tree, which expands aliases and forgets
/// places.
class Builder final : public YAML::EventHandler {
 public:
  explicit Builder(std::string_view text) : text_(text) {}

  Node take_root() { return root_ ? std::move(*root_) : Node{}; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (root_) throw Refusal{{offset(mark), "a policy is one document, and here a second one starts"}};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node node = made(Node::Kind::null, mark, "", anchor);
    // Of a value that is not there the parser says where the next thing stands.
    const std::size_t before = text_.substr(0, node.at).find_last_of("-,[");
    const bool written =
        node.at < text_.size() && std::string_view("~nN").find(text_[node.at]) != std::string_view::npos;
    if (!written && in_list() && before != std::string_view::npos) node.at = before;
    add(std::move(node));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    Node node = made(Node::Kind::alias, mark, "", 0);
    node.refusal = "aliases (*name) are not read: write the value out";
    add(std::move(node));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node node = made(Node::Kind::scalar, mark, tag, anchor);
    node.plain = tag == "?";
    if (tag == "!" && opens_quote(text_, node.at) && !closing_quote(text_, node.at)) {
      throw Refusal{{node.at, "a quote is not closed"}};
    }
    node.text = value;
    add(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(made(Node::Kind::list, mark, tag, anchor));
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(made(Node::Kind::map, mark, tag, anchor));
  }
  void OnMapEnd() override { close(); }

 private:
  struct Key {
    std::string text;
    std::size_t at;
  };
  struct Frame {
    Node node;
    std::optional<Key> key;  ///< in a map: what the next value belongs to
  };

  Node made(Node::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (++nodes_ > kMaxNodes) throw Refusal{{offset(mark), "too many values"}};
    Node node;
    node.kind = kind;
    node.at = offset(mark);
    if (anchor != 0) node.refusal = "anchors (&name) are not read: write the value out where it is used";
    if (tag.size() > 1) node.refusal = "tags (!name) are not read: remove it";
    return node;
  }

  bool in_list() const { return !frames_.empty() && frames_.back().node.kind == Node::Kind::list; }
  bool expects_key() const {
    return !frames_.empty() && frames_.back().node.kind == Node::Kind::map && !frames_.back().key;
  }

  void add(Node node) {
    if (expects_key()) {
      if (node.kind != Node::Kind::scalar || node.refusal != nullptr) throw Refusal{{node.at, kBadKey}};
      frames_.back().key = Key{std::move(node.text), node.at};
    } else {
      place(std::move(node));
    }
  }

  void open(Node node) {
    if (expects_key()) throw Refusal{{node.at, kBadKey}};
    if (frames_.size() == kMaxDepth) throw Refusal{{node.at, "nested too deeply"}};
    frames_.push_back({std::move(node), {}});
  }

  void close() {
    Node node = std::move(frames_.back().node);
    frames_.pop_back();
    place(std::move(node));
  }

  void place(Node node) {
    if (frames_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& parent = frames_.back();
    if (parent.key) {
      node.key = std::move(parent.key->text);
      node.key_at = parent.key->at;
      parent.key.reset();
    }
    parent.node.items.push_back(std::move(node));
  }

  const std::string_view text_;
  std::optional<Node> root_;
  std::vector<Frame> frames_;
  std::size_t nodes_ = 0;
};

/// The library's words, and what an operator can do about the commonest.
std::string explain(const YAML::Exception& e) {
  static const std::array<std::pair<std::string_view, std::string_view>, 6> kRemedies{{
      {YAML::ErrorMsg::MAP_VALUE,
       "a value that holds ': ' needs quotes, and keys of one map the same indentation"},
      {YAML::ErrorMsg::END_OF_MAP, "keys of one map need the same indentation"},
      {YAML::ErrorMsg::END_OF_SEQ, "items of one list need the same indentation"},
      {YAML::ErrorMsg::EOF_IN_SCALAR, "a quote is not closed"},
      {YAML::ErrorMsg::UNKNOWN_TOKEN, "a value that starts with this character needs quotes"},
      {YAML::ErrorMsg::UNKNOWN_ANCHOR, "a value that starts with * needs quotes"},
  }};
  std::string text = "not YAML: " + e.msg;
  // It names a character that it does not know by one raw byte.
  std::ranges::replace_if(
      text, [](char c) { return c < ' ' || c > '~'; }, '.');
  for (const auto& [message, remedy] : kRemedies) {
    if (e.msg == message) text.append(" (").append(remedy).append(")");
  }
  return text;
}

/// How many source bytes an escape takes, given its letter.
std::size_t escape_length(char letter) {
  switch (letter) {
    case 'x':
      return 4;
    case 'u':
      return 6;
    case 'U':
      return 10;
    case '\n':
      return 0;
    default:
      return 2;
  }
}

/// How many bytes the code point takes in UTF-8, or 1 for the one-letter escapes.
std::size_t decoded_length(std::string_view escape) {
  switch (escape[1]) {
    case 'N':
    case '_':
      return 2;
    case 'L':
    case 'P':
      return 3;
    default:
      break;
  }
  if (escape.size() == 2) return 1;
  unsigned long code = 0;
  for (const char c : escape.substr(2)) {
    const unsigned digit = c <= '9' ? static_cast<unsigned>(c - '0') : (static_cast<unsigned>(c) & 7U) + 9U;
    code = code * 16 + digit;
  }
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

}  // namespace

tl::expected<Node, Flaw> parse_document(const Source& source) {
  const auto flawed = [](std::size_t at, std::string message) {
    return tl::unexpected<Flaw>(Flaw{at, std::move(message)});
  };
  Builder builder(source.text());
  try {
    std::istringstream stream{std::string(source.text())};
    YAML::Parser parser(stream);
    // Asked twice and never again: for some texts the library finds documents for ever.
    if (parser.HandleNextDocument(builder)) parser.HandleNextDocument(builder);
  } catch (const Refusal& refusal) {
    return tl::unexpected<Flaw>(refusal.flaw);
  } catch (const YAML::Exception& e) {
    return flawed(offset(e.mark), explain(e));
  } catch (const std::exception& e) {
    return flawed(0, std::string("cannot be read as YAML: ") + e.what());
  }
  Node root = builder.take_root();
  if (root.kind == Node::Kind::null)
    return flawed(root.at, "empty, or all of it comments: a policy starts with `version: 1`");
  if (root.kind != Node::Kind::map) return flawed(root.at, "a policy is a map of keys, as in `version: 1`");
  return root;
}

std::size_t offset_within(const Source& source, const Node& scalar, std::size_t byte) {
  const std::string_view text = source.text();
  if (scalar.at >= text.size()) return scalar.at;
  if (scalar.plain) {
    const bool one_line = text.substr(scalar.at, scalar.text.size()) == scalar.text;
    return one_line ? scalar.at + byte : scalar.at;
  }
  const auto end = opens_quote(text, scalar.at) ? closing_quote(text, scalar.at) : std::nullopt;
  if (!end || text.substr(scalar.at, *end - scalar.at).find('\n') != std::string_view::npos) return scalar.at;
  const char quote = text[scalar.at];
  std::size_t at = scalar.at + 1;
  for (std::size_t decoded = 0; decoded < byte && at < *end;) {
    std::size_t width = 1;
    std::size_t yields = 1;
    if (text[at] == '\\' && quote == '"') {
      width = escape_length(text[at + 1]);
      yields = decoded_length(text.substr(at, width));
    } else if (text[at] == quote) {
      width = 2;
    }
    at += width;
    decoded += yields;
  }
  return at;
}

}  // namespace dbssd::policy
