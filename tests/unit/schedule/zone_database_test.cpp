#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "unit/schedule/tzif_bytes.h"
#include "unit/schedule/words.h"

namespace dbssd::schedule {
namespace {

namespace fs = std::filesystem;

// A directory of zones of its own, as TZDIR may name one.
class ZoneDatabaseTest : public testing::Test {
 protected:
  ZoneDatabaseTest()
      : directory_(fs::temp_directory_path() / ("dbssd-zones-" + std::to_string(::getpid()) + "-" + name())) {
    fs::create_directories(directory_);
  }
  ~ZoneDatabaseTest() override { fs::remove_all(directory_); }

  static std::string name() { return testing::UnitTest::GetInstance()->current_test_info()->name(); }

  // As a package update does it: written beside, then renamed over the old one.
  void install(const std::string& zone, const std::string& bytes) {
    const fs::path path = directory_ / zone;
    fs::create_directories(path.parent_path());
    std::ofstream(path.string() + ".new", std::ios::binary) << bytes;
    fs::rename(path.string() + ".new", path);
  }
  static std::string of_offset(int seconds) { return TzifBytes{{seconds}, {}, ""}.str(); }

  const fs::path directory_;
  const Instant now_ = at("2025-01-01T00:00:00Z");
};

TEST_F(ZoneDatabaseTest, TakesUpAnUpdateWhileItRuns) {
  install("Europe/Test", of_offset(3600));
  ZoneDatabase database(directory_);
  const Zone before = *database.find("Europe/Test");
  install("Europe/Test", of_offset(7200));
  EXPECT_EQ(*database.find("Europe/Test"), before) << "nothing changes before refresh()";
  EXPECT_TRUE(database.refresh());
  const Zone after = *database.find("Europe/Test");
  EXPECT_EQ(after.offset(now_), Seconds{7200});
  EXPECT_EQ(before.offset(now_), Seconds{3600}) << "the old generation stays what it was";
  EXPECT_NE(after, before);
}

TEST_F(ZoneDatabaseTest, TakesUpAnUpdateAgainAndAgain) {
  install("A", of_offset(0));
  ZoneDatabase database(directory_);
  for (int offset = 0; offset < 5; ++offset) {
    install("A", of_offset(offset));
    (void)database.find("A");
    (void)database.refresh();
    EXPECT_EQ(database.find("A")->offset(now_), Seconds{offset});
  }
}

TEST_F(ZoneDatabaseTest, TakesUpAnUpdateThatIsTakenBack) {
  install("A", of_offset(3600));
  ZoneDatabase database(directory_);
  (void)database.find("A");
  install("A", of_offset(7200));
  EXPECT_TRUE(database.refresh());
  install("A", of_offset(3600));
  EXPECT_TRUE(database.refresh());
  EXPECT_EQ(database.find("A")->offset(now_), Seconds{3600});
}

TEST_F(ZoneDatabaseTest, SeesNoChangeInWhatIsTheSame) {
  install("A", of_offset(3600));
  ZoneDatabase database(directory_);
  const Zone before = *database.find("A");
  EXPECT_FALSE(database.refresh());
  install("A", of_offset(3600));  // another file, the same rules
  EXPECT_FALSE(database.refresh());
  EXPECT_EQ(*database.find("A"), before);
}

TEST_F(ZoneDatabaseTest, SeesAChangeThatKeepsSizeAndTime) {
  install("A", of_offset(3600));
  const auto time = fs::last_write_time(directory_ / "A");
  ZoneDatabase database(directory_);
  (void)database.find("A");
  install("A", of_offset(7200));
  fs::last_write_time(directory_ / "A", time);
  EXPECT_TRUE(database.refresh());
}

TEST_F(ZoneDatabaseTest, SeesAChangeInPlaceThatKeepsSizeAndTime) {
  install("A", of_offset(3600));
  const auto time = fs::last_write_time(directory_ / "A");
  ZoneDatabase database(directory_);
  (void)database.find("A");
  std::this_thread::sleep_for(std::chrono::milliseconds{20});  // past the file system's own tick
  std::ofstream(directory_ / "A", std::ios::binary) << of_offset(7200);
  fs::last_write_time(directory_ / "A", time);
  EXPECT_TRUE(database.refresh());
}

TEST_F(ZoneDatabaseTest, KeepsAZoneWhoseFileIsGoneOrDamaged) {
  install("A", of_offset(3600));
  ZoneDatabase database(directory_);
  (void)database.find("A");
  fs::remove(directory_ / "A");
  EXPECT_FALSE(database.refresh());
  EXPECT_EQ(database.find("A")->offset(now_), Seconds{3600});
  install("A", "TZif, but no more");
  EXPECT_FALSE(database.refresh());
  EXPECT_EQ(database.find("A")->offset(now_), Seconds{3600});
  install("A", of_offset(7200));
  EXPECT_TRUE(database.refresh());
  EXPECT_EQ(database.find("A")->offset(now_), Seconds{7200});
}

TEST_F(ZoneDatabaseTest, FindsAZoneThatAppearsLater) {
  ZoneDatabase database(directory_);
  EXPECT_FALSE(database.find("A"));
  install("A", of_offset(3600));
  EXPECT_TRUE(database.find("A"));
}

TEST_F(ZoneDatabaseTest, SuggestsAlsoAZoneThatAppearedBeforeTheLastRefresh) {
  install("A", of_offset(0));
  ZoneDatabase database(directory_);
  EXPECT_FALSE(database.find("Berlin"));
  install("Europe/Berlin", of_offset(3600));
  (void)database.refresh();
  EXPECT_THAT(database.find("Berlin").error().message, testing::EndsWith("did you mean Europe/Berlin?"));
}

TEST_F(ZoneDatabaseTest, HonoursTzdir) {
  install("Europe/Berlin", of_offset(123));
  const char* const before = std::getenv("TZDIR");
  const std::string restore = before == nullptr ? "" : before;
  ::setenv("TZDIR", directory_.c_str(), 1);
  ZoneDatabase database;
  ::setenv("TZDIR", "", 1);
  EXPECT_EQ(ZoneDatabase::default_directory(), "/usr/share/zoneinfo") << "an empty one is none";
  before == nullptr ? ::unsetenv("TZDIR") : ::setenv("TZDIR", restore.c_str(), 1);
  EXPECT_EQ(database.find("Europe/Berlin")->offset(now_), Seconds{123});
}

TEST_F(ZoneDatabaseTest, KnowsUtcWithoutAnyFile) {
  ZoneDatabase database(directory_ / "missing");
  EXPECT_EQ(database.find("UTC")->offset(now_), Seconds{0});
  EXPECT_EQ(*database.find("UTC"), *database.find("UTC"));
  EXPECT_FALSE(database.find("Europe/Berlin"));
  EXPECT_FALSE(database.refresh());
  EXPECT_TRUE(database.names().empty());
}

TEST_F(ZoneDatabaseTest, ListsZonesAndNothingElse) {
  install("UTC", of_offset(0));
  install("Europe/Berlin", of_offset(3600));
  install("America/Argentina/Ushuaia", of_offset(-10800));
  install("posix/UTC", of_offset(0));
  install("right/UTC", of_offset(0));
  install("localtime", of_offset(0));
  install("posixrules", of_offset(0));
  install("Factory", of_offset(0));
  install("zone1970.tab", "# text");
  EXPECT_THAT(ZoneDatabase(directory_).names(),
              testing::ElementsAre("America/Argentina/Ushuaia", "Europe/Berlin", "UTC"));
}

TEST_F(ZoneDatabaseTest, RefusesWhatIsNoIanaName) {
  install("secret", of_offset(0));
  install("posix/UTC", of_offset(0));
  install("right/UTC", of_offset(0));
  install("localtime", of_offset(0));
  ZoneDatabase database(directory_ / ".");
  for (const std::string& name : {std::string(),
                                  directory_.string() + "/secret",
                                  std::string("../") + directory_.filename().string() + "/secret",
                                  std::string("./secret"),
                                  std::string("Europe/../secret"),
                                  std::string("secret/"),
                                  std::string("/secret"),
                                  std::string("Europe//Berlin"),
                                  std::string("localtime"),
                                  std::string("posix/UTC"),
                                  std::string("right/UTC"),
                                  std::string("posixrules"),
                                  std::string("Factory"),
                                  std::string(":secret"),
                                  std::string("EST5EDT,M3.2.0,M11.1.0"),
                                  std::string("<+01>-1"),
                                  std::string("sec ret"),
                                  std::string("secret\0x", 8),
                                  std::string("UTC\n"),
                                  std::string(200, 'A')}) {
    const auto found = database.find(name);
    ASSERT_FALSE(found) << name;
    EXPECT_EQ(found.error().kind, ErrorKind::malformed);
  }
  EXPECT_TRUE(database.find("secret"));
}

TEST(ZoneDatabase, SuggestsTheNameThatWasMeant) {
  ZoneDatabase database("/usr/share/zoneinfo");
  struct Row {
    const char* name;
    const char* meant;
  };
  for (const Row& row : {Row{"Europe/berlin", "Europe/Berlin"}, Row{"Berlin", "Europe/Berlin"},
                         Row{"Asia/Shangai", "Asia/Shanghai"}, Row{"Erope/Berln", "Europe/Berlin"},
                         Row{"America/Argentina/Bunos Ares", "America/Argentina/Buenos_Aires"},
                         Row{"america/new york", "America/New_York"},
                         Row{"America/NewYork", "America/New_York"}, Row{"utc", "UTC"}}) {
    const auto found = database.find(row.name);
    ASSERT_FALSE(found) << row.name;
    EXPECT_THAT(found.error().message, testing::EndsWith("did you mean " + std::string(row.meant) + "?"))
        << row.name;
  }
  EXPECT_THAT(database.find("Mars/Olympus_Mons").error().message,
              testing::Not(testing::HasSubstr("did you mean")));
}

TEST(ZoneDatabase, ServesManyThreadsWhileItRefreshes) {
  ZoneDatabase database("/usr/share/zoneinfo");
  const Instant from = at("2025-03-08T12:00:00Z");
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&database, from] {
      for (int n = 0; n < 200; ++n) {
        const auto found = database.find(n % 2 == 0 ? "America/New_York" : "Europe/Berlin");
        ASSERT_TRUE(found);
        EXPECT_TRUE(next(*Cron::parse("30 2 * * *"), *found, from));
        EXPECT_FALSE(database.refresh());
      }
    });
  }
}

}  // namespace
}  // namespace dbssd::schedule
