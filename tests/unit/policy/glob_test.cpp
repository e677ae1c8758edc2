#include <gtest/gtest.h>

#include "policy/select.h"

namespace dbssd::policy {
namespace {

struct GlobRow {
  std::string_view pattern;
  std::string_view text;
  bool matches;
};

TEST(Glob, MatchesAsAShellWouldButForSlashesAndLeadingDots) {
  constexpr GlobRow kRows[] = {
      {"", "", true},
      {"", "a", false},
      {"*", "", true},
      {"*", "anything/at.all", true},
      {"*", ".hidden", true},
      {"prod-*", "prod-", true},
      {"prod-*", "prod-orders-01", true},
      {"prod-*", "Prod-orders", false},
      {"prod-*", "preprod-orders", false},
      {"*-lab", "a-lab", true},
      {"*-lab", "a-lab-b", false},
      {"a*b*c", "a-b-b-c", true},
      {"a*b*c", "a-c-b", false},
      {"a**c", "ac", true},
      {"?", "a", true},
      {"?", "", false},
      {"?", "ab", false},
      {"a?c", "a/c", true},
      {"[a-c]x", "bx", true},
      {"[a-c]x", "dx", false},
      {"[!a-c]x", "dx", true},
      {"[!a-c]x", "ax", false},
      {"[abc]", "c", true},
      {"[a-]", "-", true},
      {"[-a]", "-", true},
      {"[]a]", "]", true},
      {"[!]]", "]", false},
      {"[!]]", "a", true},
      {"[!]", "!", false},  // not closed: the bracket is the set's first member
      {"[\\]]", "]", true},
      {"[a\\-c]", "b", false},
      {"[a\\-c]", "-", true},
      {"[z-a]", "m", false},
      {"\\*", "*", true},
      {"\\*", "a", false},
      {"\\a", "a", true},
      {"[\x80-\xff]", "\xc3", true},
      {"*[0-9]", "node-7", true},
      {"*[0-9]", "node-", false},
      {"[a", "[a", false},
      {"a\\", "a\\", false},
  };
  for (const GlobRow& row : kRows) {
    EXPECT_EQ(glob_matches(row.pattern, row.text), row.matches) << row.pattern << " against " << row.text;
  }
}

TEST(Glob, IsInvalidWithAnOpenBracketOrALoneBackslashAtItsEnd) {
  for (const std::string_view valid :
       {"", "*", "[a]", "[]]", "[!]]", "[\\]]", "a\\\\", "]", "[[]", "a-[0-9]*"}) {
    EXPECT_TRUE(glob_is_valid(valid)) << valid;
  }
  for (const std::string_view invalid : {"[", "[]", "[!]", "[!", "a[b", "[a\\]", "\\", "a\\", "[a]\\"}) {
    EXPECT_FALSE(glob_is_valid(invalid)) << invalid;
  }
}

TEST(Glob, CostsNoMoreThanPatternTimesText) {
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "a*";
  // Trying every split of so many stars would outlast the universe.
  EXPECT_FALSE(glob_matches(pattern + "b", std::string(5000, 'a')));
}

}  // namespace
}  // namespace dbssd::policy
