// The link lines are the architecture. This holds the pure rooms to it: by what CMake links into them, and by
// what their sources and every header behind those include.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace dbssd {
namespace {

using Names = std::set<std::string>;

/// What each pure room may link, and so what it may include of others.
const std::map<std::string, Names>& architecture() {
  static const std::map<std::string, Names> rooms{
      {"dbssd_base", {"tl::expected"}},
      {"dbssd_schedule", {"dbssd_base"}},
      {"dbssd_cloud_port", {"dbssd_base", "dbssd_schedule"}},
      {"dbssd_journal_port", {"dbssd_base", "dbssd_cloud_port"}},
      {"dbssd_policy", {"dbssd_base", "dbssd_schedule", "dbssd_cloud_port"}},
      {"dbssd_planner",
       {"dbssd_base", "dbssd_policy", "dbssd_schedule", "dbssd_cloud_port", "dbssd_journal_port"}},
  };
  return rooms;
}

/// Headers of libraries that no pure room reaches, however indirectly.
constexpr const char* kLibraries[] = {
    "CLI/",     "boost/", "cctz/",       "cpprest/", "curl/",   "fmt/",    "microhttpd", "nlohmann/",
    "openssl/", "pplx/",  "prometheus/", "simdjson", "spdlog/", "sqlite3", "systemd/",   "yaml-cpp/"};
/// What a decision has no use for: it is given the time and all that is known.
constexpr const char* kOutside[] = {"condition_variable",
                                    "csignal",
                                    "cstdio",
                                    "fcntl.h",
                                    "filesystem",
                                    "fstream",
                                    "future",
                                    "iostream",
                                    "mutex",
                                    "netdb.h",
                                    "random",
                                    "sys/",
                                    "thread",
                                    "time.h",
                                    "ctime",
                                    "unistd.h"};

struct Room {
  Names sources;
  Names links;
};

/// As written by CMake: "NAME source PATH" and "NAME link TARGET" lines.
std::map<std::string, Room> rooms_as_built() {
  std::ifstream file(DBSSD_ROOMS_FILE);
  std::map<std::string, Room> rooms;
  for (std::string name, what, value; file >> name >> what >> value;) {
    (what == "source" ? rooms[name].sources : rooms[name].links).insert(value);
  }
  return rooms;
}

struct Includes {
  Names own;     ///< "room/header.h"
  Names system;  ///< <header>
};

/// Of the file and of everything in daemon/ that it includes.
void collect(const std::string& path, Includes& into) {
  std::ifstream file(std::string(DBSSD_SOURCE_DIR) + "/daemon/" + path);
  ASSERT_TRUE(file) << path;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("#include ")) continue;
    const char close = line[9] == '<' ? '>' : '"';
    const std::string header = line.substr(10, line.find(close, 10) - 10);
    if (close == '>') {
      into.system.insert(header);
    } else if (into.own.insert(header).second) {
      collect(header, into);
    }
  }
}

Includes includes_of(const Room& room) {
  Includes all;
  for (const std::string& source : room.sources) collect(source, all);
  return all;
}

template <std::size_t N>
Names among(const Names& headers, const char* const (&prefixes)[N]) {
  Names found;
  for (const std::string& header : headers) {
    for (const char* prefix : prefixes) {
      if (header.starts_with(prefix)) found.insert(header);
    }
  }
  return found;
}

TEST(Rooms, ThatArePureLinkWhatTheArchitectureSays) {
  for (const auto& [name, room] : rooms_as_built()) EXPECT_EQ(room.links, architecture().at(name)) << name;
}

TEST(Rooms, ThatArePureAreAllLookedAt) {
  const auto rooms = rooms_as_built();
  ASSERT_EQ(rooms.size(), architecture().size());
  for (const auto& [name, room] : rooms) EXPECT_FALSE(room.sources.empty()) << name;
}

TEST(Rooms, ThatArePureReachNoLibraryThroughAnyHeader) {
  for (const auto& [name, room] : rooms_as_built()) {
    EXPECT_THAT(among(includes_of(room).system, kLibraries), testing::IsEmpty()) << name;
  }
}

TEST(Rooms, ThatArePureIncludeOnlyThemselvesAndWhatTheyLink) {
  for (const auto& [name, room] : rooms_as_built()) {
    Names allowed{name.substr(6)};
    for (const std::string& link : room.links) {
      if (link.starts_with("dbssd_")) allowed.insert(link.substr(6));
    }
    for (const std::string& header : includes_of(room).own) {
      if (header == "telemetry/event.h") continue;  // a plain value, which links nothing
      const std::string of = header.substr(0, header.find('/'));
      EXPECT_TRUE(allowed.contains(of) || allowed.contains(of + "_port")) << name << " includes " << header;
    }
  }
}

TEST(Rooms, ThatDecideReachNoClockNoFileAndNoThread) {
  const Room planner = rooms_as_built().at("dbssd_planner");
  Includes direct;
  for (const std::string& source : planner.sources) {
    std::ifstream file(std::string(DBSSD_SOURCE_DIR) + "/daemon/" + source);
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_THAT(text.str(), testing::Not(testing::HasSubstr("_clock::now"))) << source;
    EXPECT_THAT(text.str(), testing::Not(testing::HasSubstr("SystemClock"))) << source;
    for (std::string line; std::getline(text, line);) {
      if (line.starts_with("#include <")) direct.system.insert(line.substr(10, line.find('>') - 10));
    }
  }
  EXPECT_THAT(among(direct.system, kOutside), testing::IsEmpty());
}

}  // namespace
}  // namespace dbssd
