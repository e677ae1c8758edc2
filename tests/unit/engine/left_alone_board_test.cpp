#include "engine/left_alone_board.h"

#include <gtest/gtest.h>

namespace dbssd::engine {
namespace {

const ProjectName kProd("prod");
constexpr MonoTime kStart{Seconds{1000}};

planner::LeftAloneList list_of(const std::string& reason) { return {{{"start a", reason, 1}}, 0}; }

TEST(LeftAloneBoard, WantsNothingWhereNobodyAsks) {
  LeftAloneBoard board;
  EXPECT_FALSE(board.is_wanted(kProd, kStart));
  EXPECT_TRUE(board.ask(kStart).empty());
  EXPECT_TRUE(board.is_wanted(kProd, kStart));
  EXPECT_FALSE(board.is_wanted(kProd, kStart + LeftAloneBoard::kAttention)) << "whoever asked is gone";
}

TEST(LeftAloneBoard, WantsTheNextOnlyAfterAWhile) {
  LeftAloneBoard board;
  (void)board.ask(kStart);
  board.put(kProd, list_of("a cap"), kStart, Millis{1});
  EXPECT_EQ(board.ask(kStart).at(kProd)->groups[0].reason, "a cap");
  EXPECT_FALSE(board.is_wanted(kProd, kStart + LeftAloneBoard::kInterval - Millis{1}));
  EXPECT_TRUE(board.is_wanted(kProd, kStart + LeftAloneBoard::kInterval));
}

TEST(LeftAloneBoard, SparesALaneThatTakesLong) {
  LeftAloneBoard board;
  (void)board.ask(kStart);
  board.put(kProd, list_of("a cap"), kStart, Millis{500});
  EXPECT_FALSE(board.is_wanted(kProd, kStart + Seconds{49}));
  EXPECT_TRUE(board.is_wanted(kProd, kStart + Seconds{50}));
}

TEST(LeftAloneBoard, ShowsNothingThatWasSaidToSomebodyLongAgo) {
  LeftAloneBoard board;
  (void)board.ask(kStart);
  board.put(kProd, list_of("a cap"), kStart, Millis{1});
  EXPECT_TRUE(board.ask(kStart + LeftAloneBoard::kAttention).empty());
}

TEST(LeftAloneBoard, ForgetsAProjectThatHasEnded) {
  LeftAloneBoard board;
  (void)board.ask(kStart);
  board.put(kProd, list_of("a cap"), kStart, Millis{1});
  board.forget(kProd);
  EXPECT_TRUE(board.ask(kStart).empty());
}

}  // namespace
}  // namespace dbssd::engine
