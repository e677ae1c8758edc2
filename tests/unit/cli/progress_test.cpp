#include "cli/progress.h"

#include <gtest/gtest.h>

#include <sstream>

namespace dbssd::cli {
namespace {

TEST(Progress, OfAFileIsALineForEachChange) {
  std::ostringstream out;
  {
    Progress progress(out, 0);
    progress.show("job RUNNING", "1s");
    progress.show("job RUNNING", "2s");
    progress.show("job SUCCESS", "3s");
  }
  EXPECT_EQ(out.str(), "dbssd: job RUNNING\ndbssd: job SUCCESS\n");
}

TEST(Progress, OfATerminalIsOneLineThatIsGoneInTheEnd) {
  std::ostringstream out;
  {
    Progress progress(out, 80);
    progress.show("job RUNNING", "1s");
    progress.show("job RUNNING", "2s");
  }
  EXPECT_EQ(out.str(), "\r\x1b[K1s: job RUNNING\r\x1b[K2s: job RUNNING\r\x1b[K");
}

TEST(Progress, OfATerminalFitsItsLine) {
  std::ostringstream out;
  {
    Progress progress(out, 8);
    progress.show("\xC3\xA4\xC3\xB6\xC3\xBC is being made", "1s");
  }
  EXPECT_EQ(out.str(), "\r\x1b[K1s: \xC3\xA4\xC3\xB6\xC3\xBC\r\x1b[K");
}

TEST(Progress, IsNotMovedByANameOfTheCloud) {
  std::ostringstream out;
  Progress progress(out, 0);
  progress.show("instance \x1b[2J\nevil", "1s");
  EXPECT_EQ(out.str().find('\x1b'), std::string::npos);
  EXPECT_EQ(out.str().find('\n'), out.str().size() - 1);
}

TEST(Progress, ThatWasNeverShownLeavesNothing) {
  std::ostringstream out;
  { const Progress progress(out, 80); }
  EXPECT_EQ(out.str(), "");
}

}  // namespace
}  // namespace dbssd::cli
