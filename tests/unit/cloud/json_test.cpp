#include "cloud/json.h"

#include <gtest/gtest.h>

#include "cloud/decode.h"

namespace dbssd::cloud::json {
namespace {

using namespace std::string_literals;

std::string name_in(const std::string& text) {
  const auto document = Document::parse(text);
  if (!document) return "malformed: " + document.error().message;
  return text_of(field(*object_of(document->root()), {"name"}), 100);
}

TEST(Json, WhatIsNoJsonIsMalformed) {
  for (const std::string text :
       {"", " ", "<html>", "{", "{\"a\":1", "[1,2", "{\"a\":}", "nul", "{\"a\":1}}", "\"open"}) {
    const auto document = Document::parse(text);
    ASSERT_FALSE(document) << text;
    EXPECT_EQ(document.error().kind, ErrorKind::malformed);
  }
}

TEST(Json, DepthIsBounded) {
  for (const std::size_t depth : {std::size_t{40}, std::size_t{1'000'000}}) {
    EXPECT_FALSE(Document::parse(std::string(depth, '[') + std::string(depth, ']')));
    EXPECT_FALSE(Document::parse(std::string(depth, '[')));
  }
  EXPECT_TRUE(Document::parse(std::string(20, '[') + std::string(20, ']')));
}

TEST(Json, PoisonedNamesAreMendedAndHarmNoOther) {
  constexpr const char* kBad = "\xEF\xBF\xBD";
  struct Row {
    std::string poison;
    std::string mended;
  };
  for (const Row& row :
       {Row{"a\xFFz", "a"s + kBad + "z"}, Row{"a\xC3", "a"s + kBad},
        Row{"\xED\xA0\x80", ""s + kBad + kBad + kBad}, Row{"\xC0\xAF", ""s + kBad + kBad},
        Row{"\xF4\x90\x80\x80", ""s + kBad + kBad + kBad + kBad}, Row{"a\nb\tc", "a\nb\tc"},
        Row{"a\0b"s, "a\0b"s}, Row{R"(\ud800)", kBad}, Row{R"(\udc00x)", kBad + "x"s},
        Row{R"(\ud800\u0041)", kBad + "A"s}, Row{R"(\q)", R"(\q)"}, Row{R"(\u12)", R"(\u12)"}}) {
    EXPECT_EQ(name_in("{\"other\":[{\"k\":\"" + row.poison + "\"}],\"name\":\"good\"}"), "good")
        << row.poison;
    EXPECT_EQ(name_in("{\"name\":\"" + row.poison + "\"}"), row.mended) << row.poison;
  }
}

TEST(Json, MendingLeavesWhatIsWell) {
  const std::string text =
      "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00 \xC3\xA9 "
      "\xF0\x9F\x98\x80\",\"b\":[true,null,{}]}";
  EXPECT_EQ(mend(text), text);
}

TEST(Json, AHugeNumberIsItsOwnProblemOnly) {
  for (const std::string number :
       {"99999999999999999999", "1e400", "-99999999999999999999", "18446744073709551616"}) {
    EXPECT_EQ(name_in("{\"total\":" + number + ",\"name\":\"good\"}"), "good") << number;
    const auto document = Document::parse("{\"total\":" + number + ",\"name\":\"good\"}");
    EXPECT_FALSE(integer_of(field(*object_of(document->root()), {"total"}))) << number;
  }
}

struct IntegerRow {
  const char* json;
  std::optional<std::int64_t> value;
};

TEST(Json, IntegersAreReadWholeOrNotAtAll) {
  for (const IntegerRow& row : {
           IntegerRow{"7", 7},
           IntegerRow{"-7", -7},
           IntegerRow{"\"7\"", 7},
           IntegerRow{"\" -7 \"", -7},
           IntegerRow{"7.0", 7},
           IntegerRow{"\"7.0\"", 7},
           IntegerRow{"7.5", {}},
           IntegerRow{"\"7.5\"", {}},
           IntegerRow{"9223372036854775807", 9223372036854775807},
           IntegerRow{"9223372036854775808", {}},
           IntegerRow{"\"9223372036854775808\"", {}},
           IntegerRow{"1e3", 1000},
           IntegerRow{"1e17", {}},
           IntegerRow{"\"\"", {}},
           IntegerRow{"\"x\"", {}},
           IntegerRow{"\"7x\"", {}},
           IntegerRow{"\"nan\"", {}},
           IntegerRow{"\"inf\"", {}},
           IntegerRow{"null", {}},
           IntegerRow{"true", {}},
           IntegerRow{"[7]", {}},
           IntegerRow{"{}", {}},
       }) {
    const auto document = Document::parse("{\"n\":" + std::string(row.json) + "}");
    ASSERT_TRUE(document) << row.json;
    EXPECT_EQ(integer_of(field(*object_of(document->root()), {"n"})), row.value) << row.json;
  }
}

TEST(Json, AFieldIsTheFirstOfItsNamesThatIsNotNull) {
  const auto document = Document::parse(R"({"a":null,"b":"two","c":"three"})");
  const Object root = *object_of(document->root());
  EXPECT_EQ(text_of(field(root, {"a", "b", "c"}), 10), "two");
  EXPECT_EQ(text_of(field(root, {"c", "b"}), 10), "three");
  EXPECT_FALSE(field(root, {"a", "x"}));
}

TEST(Json, ScalarsAreTextAndContainersAreNot) {
  const auto document = Document::parse(R"({"n":12,"t":true,"d":1.5,"l":[1],"o":{"x":1}})");
  const Object root = *object_of(document->root());
  EXPECT_EQ(text_of(field(root, {"n"}), 10), "12");
  EXPECT_EQ(text_of(field(root, {"t"}), 10), "true");
  EXPECT_EQ(text_of(field(root, {"d"}), 10), "1.5");
  EXPECT_EQ(text_of(field(root, {"l"}), 10), "");
  EXPECT_EQ(text_of(field(root, {"o"}), 10), "");
}

TEST(Json, TextIsCutBetweenCharacters) {
  EXPECT_EQ(cut("abc", 3), "abc");
  EXPECT_EQ(cut("abcd", 3), "abc");
  EXPECT_EQ(cut("a\xC3\xA9z", 2), "a");
  EXPECT_EQ(cut("\xF0\x9F\x98\x80", 3), "");
  EXPECT_EQ(cut("abc", 0), "");
}

TEST(Document, ReadsNothingOfWhatStandsBehindItsText) {
  for (const auto& [text, name] : {std::pair(R"({"name":"good"})"s, "good"s),
                                   {R"({"name":"half)"s, ""s},
                                   {"{\"name\":\"a\x01z\"}"s, "a\x01z"s}}) {
    std::string body = text + R"("})" + std::string(kPageMargin, '9');
    body.resize(text.size());
    const auto document = Document::parse(body, body.capacity() - body.size());
    EXPECT_EQ(document.has_value(), !name.empty()) << text;
    if (document) {
      EXPECT_EQ(text_of(field(*object_of(document->root()), {"name"}), 100), name);
    }
  }
}

TEST(Document, GivesItsTurnBackWhateverBecomesOfIt) {
  const std::string large = '[' + std::string(1 << 20, ' ') + ']';
  for (int i = 0; i < 32; ++i) {
    EXPECT_TRUE(Document::parse(large));
    EXPECT_FALSE(Document::parse(large + ']'));
  }
}

}  // namespace
}  // namespace dbssd::cloud::json
