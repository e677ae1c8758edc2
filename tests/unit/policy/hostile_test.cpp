#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>

#include "policy/source.h"
#include "unit/policy/reading.h"

namespace dbssd::policy {
namespace {

std::string repeated(std::string_view piece, std::size_t times) {
  std::string text;
  text.reserve(piece.size() * times);
  for (std::size_t i = 0; i < times; ++i) text += piece;
  return text;
}

/// As much of it as a policy may hold.
std::string filled(std::string_view piece) { return repeated(piece, kMaxPolicyBytes / piece.size()); }

TEST(Hostile, TextIsRefusedWithItsPlace) {
  constexpr std::string_view kMisplaced =
      " (a value that holds ': ' needs quotes, and keys of one map the same indentation)";
  expect_findings({
      {"nothing", "", {"1:1: error: empty, or all of it comments: a policy starts with `version: 1`"}},
      {"white space",
       "\n \n",
       {"1:1: error: empty, or all of it comments: a policy starts with `version: 1`"}},
      {"a comment",
       "# nothing\n",
       {"1:1: error: empty, or all of it comments: a policy starts with `version: 1`"}},
      {"an empty document",
       "---\n...\n",
       {"2:1: error: empty, or all of it comments: a policy starts with `version: 1`"}},
      {"a comma", ",", {"1:1: error: a policy is one document, and here a second one starts"}},
      {"text", "hello\n", {"1:1: error: a policy is a map of keys, as in `version: 1`"}},
      {"a list", "# c\n- a\n", {"2:1: error: a policy is a map of keys, as in `version: 1`"}},
      {"two documents",
       kBase + "---\nlog: {}\n",
       {"3:1: error: a policy is one document, and here a second one starts"}},
      {"a document and an empty one",
       kBase + "---\n",
       {"3:1: error: a policy is one document, and here a second one starts"}},
      {"something behind the end",
       kBase + "...\n,\n",
       {"4:1: error: a policy is one document, and here a second one starts"}},
      {"NUL", std::string("a: 1\nb: \0\n", 10), {"2:4: error: control character 0x00: remove it"}},
      {"an escape sequence", "a: \x1b[31m\n", {"1:4: error: control character 0x1B: remove it"}},
      {"a lone carriage return",
       "a: 1\rb: 2\n",
       {"1:5: error: carriage return without a line feed: save the file with Unix line ends"}},
      {"Latin-1", "a: caf\xe9\n", {"1:7: error: not UTF-8: save the file as UTF-8"}},
      {"an overlong slash", "a: \xc0\xaf\n", {"1:4: error: not UTF-8: save the file as UTF-8"}},
      {"a surrogate", "a: \xed\xa0\x80\n", {"1:4: error: not UTF-8: save the file as UTF-8"}},
      {"beyond Unicode", "a: \xf4\x90\x80\x80\n", {"1:4: error: not UTF-8: save the file as UTF-8"}},
      {"a cut character", "a: \xe2\x82", {"1:4: error: not UTF-8: save the file as UTF-8"}},
      {"UTF-16", std::string("\xff\xfev\0e\0", 6), {"1:1: error: not UTF-8: save the file as UTF-8"}},
      {"a tab as indentation", "log:\n\tlevel: info\n", {"2:1: error: indented with a tab: use spaces"}},
      {"a tab behind spaces", "log:\n  \tlevel: info\n", {"2:3: error: indented with a tab: use spaces"}},
      {"an unclosed quote", "a: \"b\n", {"1:4: error: a quote is not closed"}},
      {"an unclosed quote before more", "a: \"b\nc: d\n", {"1:4: error: a quote is not closed"}},
      {"an unclosed quote to the last byte",
       "a: \"b",
       {"1:6: error: not YAML: illegal EOF in scalar (a quote is not closed)"}},
      {"an unclosed single quote", "a: 'it''s\n", {"1:4: error: a quote is not closed"}},
      {"an unclosed bracket", "a: [b\n", {"2:1: error: not YAML: end of sequence flow not found"}},
      {"a lone bracket", "a: 1\n]\n", {"2:1: error: not YAML: illegal flow end"}},
      {"a colon too many",
       "a: b: c\n",
       {"1:5: error: not YAML: illegal map value" + std::string(kMisplaced)}},
      {"a bad indentation",
       "a: 1\n  b: 2\n",
       {"2:4: error: not YAML: illegal map value" + std::string(kMisplaced)}},
      {"an unindented item",
       "a:\n  - b\n c: 1\n",
       {"3:2: error: not YAML: end of map not found (keys of one map need the same indentation)"}},
      {"an escape that is no ASCII",
       "a: \"\\\u00e9\"\n",
       {"1:7: error: not YAML: unknown escape character: ."}},
      {"an escape of the end", "a: \"\\", {"1:6: error: not YAML: unknown escape character: ."}},
      {"a reserved character",
       "a: @b\n",
       {"1:4: error: not YAML: unknown token (a value that starts with this character needs quotes)"}},
      {"a star without quotes",
       "a: *prod\n",
       {"1:4: error: not YAML: the referenced anchor is not defined (a value that starts with * needs "
        "quotes)"}},
      {"a directive of another YAML",
       "%YAML 3.0\n---\na: 1\n",
       {"1:1: error: not YAML: YAML major version too large"}},
      {"a list as a key", "? [a]\n: 1\n", {"1:3: error: a key must be plain text"}},
      {"a map as a key", "{a: 1}: 2\n", {"1:1: error: a key must be plain text"}},
      {"no key", ": 1\n", {"1:1: error: a key must be plain text"}},
      {"an alias as a key", "a: &x 1\n*x : 2\n", {"2:1: error: a key must be plain text"}},
  });
}

TEST(Hostile, TabsElsewhereAreNotRefused) {
  EXPECT_THAT(lines_of("\t# a comment\n" + kBase + "\t\n \t \nlog:\t{level:\tinfo}\t# x\n"),
              testing::IsEmpty());
}

TEST(Hostile, AliasesAnchorsAndTagsAreRefusedOneByOne) {
  constexpr std::string_view kAnchor = "anchors (&name) are not read: write the value out where it is used";
  constexpr std::string_view kAlias = "aliases (*name) are not read: write the value out";
  constexpr std::string_view kTag = "tags (!name) are not read: remove it";
  const auto line = [](std::string_view place, std::string_view path, std::string_view message) {
    return std::string(place) + ": error: " + std::string(path) + ": " + std::string(message);
  };
  expect_findings({
      {"an anchor and its alias",
       kBase + "log: &l {level: info}\nstate: *l\n",
       {line("3:6", "log", kAnchor), line("4:8", "state", kAlias)}},
      {"what is below an anchor is checked all the same",
       kBase + "log: &l {level: x}\n",
       {line("3:6", "log", kAnchor), "3:17: error: log.level: must be debug, info, warning or error"}},
      {"an anchored word",
       kBase + "log: {level: &l info, format: *l}\n",
       {line("3:14", "log.level", kAnchor), line("3:31", "log.format", kAlias)}},
      {"a cycle",
       kBase + "log: &l\n  level: *l\n",
       {line("3:6", "log", kAnchor), line("4:10", "log.level", kAlias)}},
      {"a merge",
       kBase + "log: &l {level: info}\nstate: {<<: *l}\n",
       {line("3:6", "log", kAnchor), "4:9: error: state: unknown key '<<'; the keys here are path and keep"}},
      {"a tag", "version: !!int 1\n" + std::string(kBase.substr(11)), {line("1:10", "version", kTag)}},
      {"a tag of one's own", kBase + "log: !include {level: info}\n", {line("3:6", "log", kTag)}},
      {"an anchor of nothing",
       kBase + "log: {level: &l }\n",
       {line("3:7", "log.level", kAnchor), "3:7: error: log.level: is empty: give a word, or leave it out"}},
  });
}

TEST(Hostile, NestingIsRefusedWhereItGetsTooDeep) {
  expect_findings({
      {"brackets", repeated("[", 65), {"1:65: error: nested too deeply"}},
      {"brackets that close",
       "a: " + repeated("[", 17) + repeated("]", 17),
       {"1:19: error: nested too deeply"}},
      {"dashes", repeated("- ", 17), {"1:33: error: nested too deeply"}},
      {"questions", "? ? a\n", {"1:3: error: a key must be plain text"}},
  });
  std::string stairs;
  for (int i = 0; i < 17; ++i) stairs += repeated(" ", static_cast<std::size_t>(i)) + "a:\n";
  EXPECT_THAT(lines_of(stairs), testing::ElementsAre("17:17: error: nested too deeply"));
}

TEST(Hostile, SizeIsLimited) {
  EXPECT_THAT(lines_of(filled("#") + "#"),
              testing::ElementsAre("1:1: error: larger than 1 MB: split it into several policies"));
  EXPECT_THAT(
      lines_of(filled("#")),
      testing::ElementsAre("1:1: error: empty, or all of it comments: a policy starts with `version: 1`"));
  EXPECT_THAT(lines_of(repeated("-\n", 250'001)), testing::ElementsAre("250001:1: error: too many values"));
  EXPECT_THAT(lines_of("[" + repeated(",", 200'000)),
              testing::ElementsAre("1:200001: error: too many brackets and commas"));
}

TEST(Hostile, FindingsAreLimitedToThousand) {
  std::string yaml(kBase);
  for (int i = 0; i < 2000; ++i) yaml += "k" + std::to_string(i) + ": 1\n";
  const ReadResult result = read(yaml);
  EXPECT_EQ(result.findings.size(), 1000U);
  EXPECT_EQ(result.policy, nullptr);
}

TEST(Hostile, ErrorsBehindAThousandWarningsRefuseThePolicyStill) {
  std::string yaml(kBase);
  yaml += "reports:\n";
  for (int i = 0; i < 1001; ++i) {
    yaml += "- {name: r" + std::to_string(i) +
            ", template: {type: SOX}, schedule: \"@daily\", select: {project: [x]}}\n";
  }
  EXPECT_NE(read(yaml).policy, nullptr);
  EXPECT_EQ(read(yaml + "state: {keep: 1}\n").policy, nullptr);
}

/// Neither crashes nor hangs nor eats the memory, each of them with as much text as is let in.
TEST(Hostile, FloodsAreAnsweredInBoundedTimeAndMemory) {
  const std::string aliases = "a: &x 1\n" + repeated("b: *x\n", 80'000);
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'z'; ++c) {
    const std::string before(1, static_cast<char>(c - 1));
    bomb += std::string(1, c) + ": &" + c + " [" + repeated("*" + before + ",", 9) + "*" + before + "]\n";
  }
  const std::vector<std::string> floods = {
      bomb,
      aliases,
      filled("["),
      filled("{"),
      filled("[{"),
      filled("- "),
      filled("? "),
      filled(": "),
      filled("a: "),
      filled("\""),
      filled("'"),
      filled("!"),
      filled("&a "),
      filled("%a\n"),
      filled("---\n"),
      filled(","),
      filled("-\n"),
      filled(" "),
      filled("\n"),
      filled("a: 1\n"),
      filled("a\n"),
      filled("\"a\" "),
      filled("|\n"),
      filled("*a "),
      filled("{}"),
      filled("[],"),
      filled("a,"),
      filled("\\"),
      filled("é"),
      filled("\xff"),
      "{" + repeated("a,", 99'000) + "}",
      "{" + repeated("a: b,", 99'000) + "}",
      "a: |\n" + repeated(" x\n", 300'000),
      "a: \"" + repeated("\\u0041", 160'000) + "\"",
      kBase + "reports:\n" + repeated("- {}\n", 50'000),
      kBase + "reports:\n" + repeated("- ~\n", 100'000),
      kBase + "log: {" + repeated("level: x, ", 50'000) + "}",
      kBase + "log: {level: " + repeated("x", 900'000) + "}",
      kBase + repeated("x", 900'000) + ": 1\n",
      kBase + "instances:\n  start:\n" + repeated("  - {name: s}\n", 30'000),
      kBase + "creation_jobs:\n  resource_ids:\n" + repeated("  - a\n", 100'000),
  };
  for (const std::string& flood : floods) {
    const auto begin = std::chrono::steady_clock::now();
    const ReadResult result = read(flood);
    const auto took = std::chrono::steady_clock::now() - begin;
    EXPECT_EQ(result.policy, nullptr) << flood.substr(0, 100);
    EXPECT_FALSE(result.findings.empty()) << flood.substr(0, 100);
    EXPECT_LT(took, std::chrono::seconds{30}) << flood.substr(0, 100);
  }
  rusage usage{};
  ASSERT_EQ(::getrusage(RUSAGE_SELF, &usage), 0);
#if !defined(DBSSD_SANITIZED)
  EXPECT_LT(usage.ru_maxrss, 200 * 1024) << "KiB";
#endif
}

TEST(Hostile, EveryPrefixOfAPolicyIsAnswered) {
  const std::string example = text_of_file(DBSSD_SOURCE_DIR "/config/policy.example.yaml");
  for (std::size_t size = 0; size < example.size(); size += 7) {
    const ReadResult result = read(std::string_view(example).substr(0, size));
    EXPECT_TRUE(result.policy != nullptr || !result.findings.empty()) << size;
  }
}

TEST(Hostile, EveryByteOfAPolicyMayTurnIntoAnother) {
  const std::string policy = kBase + kReport + "    schedule: \"0 6 * * *\"\n    window: {last: 24h}\n";
  for (std::size_t at = 0; at < policy.size(); ++at) {
    for (const char c : std::string_view("\0\n\t '\"[]{},:-#&*!|>%@`?~\\\xff", 27)) {
      std::string changed = policy;
      changed[at] = c;
      const ReadResult result = read(changed);
      EXPECT_TRUE(result.policy != nullptr || !result.findings.empty()) << changed;
    }
  }
}

}  // namespace
}  // namespace dbssd::policy
