// Every input that the fuzzer found worth keeping, in every build.
#include <gtest/gtest.h>

#include <filesystem>

#include "fuzz/cron_properties.h"
#include "fuzz/tzif_properties.h"
#include "unit/schedule/tzif_bytes.h"

namespace dbssd::schedule {
namespace {

template <class Check>
std::size_t replay(const std::string& corpus, Check check) {
  std::size_t count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(DBSSD_SOURCE_DIR "/tests/fuzz/corpus/") + corpus)) {
    EXPECT_EQ(check(read_whole(entry.path())), "") << entry.path();
    ++count;
  }
  return count;
}

TEST(FuzzCorpus, OfExpressionsHoldsWhatTheFuzzerHolds) {
  EXPECT_GT(replay("cron", fuzz::broken_cron_promise), 30U);
}
TEST(FuzzCorpus, OfZoneFilesHoldsWhatTheFuzzerHolds) {
  EXPECT_GT(replay("tzif", fuzz::broken_tzif_promise), 5U);
}

}  // namespace
}  // namespace dbssd::schedule
