#include "base/hash.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace dbssd {
namespace {

// Every user's H and spread rest on these numbers. A row that fails is a defect, never a row to update.
TEST(StableHash, IsWhatItHasAlwaysBeen) {
  EXPECT_EQ(stable_hash({}), 0xefd01f60ba992926ULL);
  EXPECT_EQ(stable_hash({"daily-sox", "8c53a1f0"}), 0x7a0d66c2713e2074ULL);
  EXPECT_EQ(stable_hash({"a", "b"}), 0xab78f5eca36d0e2bULL);
  EXPECT_EQ(stable_hash({"monthly", "\xe5\x8c\x97\xe4\xba\xac"}), 0x10ab406260812723ULL);
}

TEST(StableHash, TellsPartsFromTheirConcatenation) {
  EXPECT_NE(stable_hash({"ab", "c"}), stable_hash({"a", "bc"}));
  EXPECT_NE(stable_hash({"abc"}), stable_hash({"abc", ""}));
  EXPECT_NE(stable_hash({"", "abc"}), stable_hash({"abc", ""}));
}

TEST(StableHash, ReadsBytesAsUnsigned) {
  // char is signed here and unsigned elsewhere: the value is that of the byte 0xff either way.
  EXPECT_EQ(stable_hash({"\xff"}), [] {
    std::uint64_t h = (0xcbf29ce484222325ULL ^ 0xffU) * 0x100000001b3ULL;
    h = (h ^ (h >> 33)) * 0xff51afd7ed558ccdULL;
    h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53ULL;
    return h ^ (h >> 33);
  }());
}

TEST(StableHash, SpreadsNeighboursEvenlyOverSixtyMinutes) {
  constexpr int kInstances = 60'000;
  std::array<int, 60> minutes{};
  for (int i = 0; i < kInstances; ++i)
    ++minutes[stable_hash({"daily-sox", "instance-" + std::to_string(i)}) % 60];
  for (const int hits : minutes) {
    EXPECT_GT(hits, 850);  // 1,000 expected, a standard deviation is 31
    EXPECT_LT(hits, 1150);
  }
}

}  // namespace
}  // namespace dbssd
