// What the fuzzer keeps of answers, replayed in every build, and cut at every byte.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "fuzz/decode_properties.h"

namespace dbssd::cloud {
namespace {

TEST(DecodeCorpus, KeepsEveryPromiseWholeAndCut) {
  std::size_t files = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(DBSSD_SOURCE_DIR "/tests/fuzz/corpus/decode")) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string body{std::istreambuf_iterator<char>(file), {}};
    ++files;
    for (std::size_t length = 0; length <= std::min<std::size_t>(body.size(), 400); ++length)
      EXPECT_EQ(fuzz::broken_decode_promise(body.substr(0, length)), "")
          << entry.path() << " cut at " << length;
    EXPECT_EQ(fuzz::broken_decode_promise(body), "") << entry.path();
  }
  EXPECT_GE(files, 40U);
}

TEST(DecodeCorpus, HasSomethingOfEveryAnswer) {
  for (const fuzz::DecodedAnswer& answer : fuzz::kAnswers)
    EXPECT_TRUE(std::filesystem::is_directory(DBSSD_SOURCE_DIR "/tests/fuzz/corpus/decode/" +
                                              std::string(answer.name)))
        << answer.name;
}

}  // namespace
}  // namespace dbssd::cloud
