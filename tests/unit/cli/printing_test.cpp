#include "cli/printing.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace dbssd::cli {
namespace {

TEST(OneLine, KeepsTextAndTakesWhatMovesACursor) {
  EXPECT_EQ(one_line("prod-orders-01 北京"), "prod-orders-01 北京");
  EXPECT_EQ(one_line("a\nb\tc\x1b[2Jd\x7f"), "a?b?c?[2Jd?");
}

TEST(PrintJson, KeepsTheOrderAndEndsTheLine) {
  EXPECT_EQ(print_json({{"b", 1}, {"a", "ü"}}), "{\n  \"b\": 1,\n  \"a\": \"ü\"\n}\n");
}

TEST(PrintJson, ReplacesBytesThatAreNoText) {
  EXPECT_EQ(print_json({{"name", "x\xff"}}), "{\n  \"name\": \"x\xef\xbf\xbd\"\n}\n");
}

}  // namespace
}  // namespace dbssd::cli
