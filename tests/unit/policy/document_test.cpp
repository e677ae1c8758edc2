#include <gtest/gtest.h>

#include "policy/document.h"
#include "policy/source.h"

namespace dbssd::policy {
namespace {

Node parsed(std::string_view text) {
  auto node = parse_document(Source(text));
  EXPECT_TRUE(node) << text << ": " << (node ? "" : node.error().message);
  return node ? *node : Node{};
}

TEST(Document, KeepsKeysItemsAndTheirPlaces) {
  const Node root = parsed("a: x\n'b': [1, \"2\"]\nc: {d: ~}\n");
  ASSERT_EQ(root.items.size(), 3U);
  EXPECT_EQ(root.items[0].key, "a");
  EXPECT_EQ(root.items[0].text, "x");
  EXPECT_EQ(root.items[0].key_at, 0U);
  EXPECT_EQ(root.items[0].at, 3U);
  EXPECT_EQ(root.items[1].key, "b");
  EXPECT_EQ(root.items[1].kind, Node::Kind::list);
  ASSERT_EQ(root.items[1].items.size(), 2U);
  EXPECT_TRUE(root.items[1].items[0].plain);
  EXPECT_FALSE(root.items[1].items[1].plain);
  ASSERT_EQ(root.items[2].items.size(), 1U);
  EXPECT_EQ(root.items[2].items[0].kind, Node::Kind::null);
  EXPECT_EQ(root.items[2].items[0].key, "d");
}

TEST(Document, KeepsKeysThatOccurTwice) {
  const Node root = parsed("a: 1\na: 2\n");
  ASSERT_EQ(root.items.size(), 2U);
  EXPECT_EQ(root.items[1].text, "2");
}

TEST(Document, FollowsNoAlias) {
  const Node root = parsed("a: &x [1, 2]\nb: *x\n");
  EXPECT_NE(root.items[0].refusal, nullptr);
  EXPECT_EQ(root.items[0].items.size(), 2U);
  EXPECT_EQ(root.items[1].kind, Node::Kind::alias);
  EXPECT_NE(root.items[1].refusal, nullptr);
  EXPECT_TRUE(root.items[1].items.empty());
}

TEST(Document, TracesABytesOfAScalarBackToItsSource) {
  struct Row {
    std::string_view yaml;
    std::size_t byte;
    std::size_t at;
  };
  constexpr Row kRows[] = {
      {"a: b c d", 2, 5},          // plain
      {"a: 'b c'", 2, 6},          // in single quotes
      {"a: 'b''c'", 1, 5},         // the quote itself
      {"a: 'b''c'", 2, 7},         // behind it
      {"a: \"b c\"", 2, 6},        // in double quotes
      {"a: \"\\tc\"", 1, 6},       // behind \t
      {"a: \"\\x41c\"", 1, 8},     // behind \xHH
      {"a: \"\\xe9c\"", 2, 8},     // behind \xHH of two bytes
      {"a: \"\\u20acc\"", 3, 10},  // behind \uHHHH of three
      {"a: \"\\U0001F600c\"", 4, 14},
      {"a: \"\\_c\"", 2, 6},  // no-break space
      {"a: \"\\Lc\"", 3, 6},  // line separator
      {"a: \"b\"", 1, 5},     // the end
      {"a: b\n   c", 2, 3},   // two lines: its start
      {"a: \"b\n c\"", 2, 3},
      {"a: \"b\\\n c\"", 1, 3},
      {"a: |\n  b c", 2, 3},
  };
  for (const Row& row : kRows) {
    const Source source(row.yaml);
    const auto root = parse_document(source);
    ASSERT_TRUE(root) << row.yaml;
    EXPECT_EQ(offset_within(source, root->items.at(0), row.byte), row.at) << row.yaml << " at " << row.byte;
  }
}

}  // namespace
}  // namespace dbssd::policy
