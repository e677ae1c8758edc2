#include "telemetry/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace dbssd::telemetry {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAreArray;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::SizeIs;
using Strings = std::vector<std::string>;

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == ':') {
      words.back() += c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  return words;
}

std::string without_comments(const std::string& text) {
  std::istringstream lines(text);
  std::string line, rest;
  while (std::getline(lines, line)) rest += line.substr(0, line.find("//")) + '\n';
  return rest;
}

/// The enumerators as they are written, in their order: the compiler does not tell.
Strings enumerators() {
  const std::string header = without_comments(text_of(DBSSD_SOURCE_DIR "/daemon/telemetry/event.h"));
  const std::size_t begin = header.find('{', header.find("enum class EventId"));
  const std::size_t end = header.find('}', begin);
  Strings names = words_of(header.substr(begin, end - begin));
  std::erase(names, "");
  return names;
}

Strings fields_of_catalogue(std::string_view CatalogueEntry::*field) {
  Strings all;
  for (const CatalogueEntry& entry : catalogue()) all.emplace_back(entry.*field);
  return all;
}

/// "report.outcome_unknown" of report_outcome_unknown.
std::string spelling_of(std::string enumerator) {
  enumerator.at(enumerator.find('_')) = '.';
  return enumerator;
}

/// What follows `mark` on the lines of a document that begin with it.
Strings documented(const std::string& mark, const std::string& document = "events.md") {
  std::istringstream lines(text_of(DBSSD_SOURCE_DIR "/docs/" + document));
  Strings found;
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(mark)) found.push_back(line.substr(mark.size()));
  return found;
}

TEST(Catalogue, SpellsEachEventAsGroupAndName) {
  Strings spelled;
  for (const std::string& name : enumerators()) spelled.push_back(spelling_of(name));
  ASSERT_THAT(spelled, SizeIs(testing::Gt(50U)));
  EXPECT_THAT(fields_of_catalogue(&CatalogueEntry::name), ElementsAreArray(spelled));
  for (const std::string& name : spelled) EXPECT_THAT(name, MatchesRegex("[a-z]+\\.[a-z]+(_[a-z]+)*"));
}

TEST(Catalogue, ListsTheEventsInTheOrderOfTheirIds) {
  std::size_t position = 0;
  for (const CatalogueEntry& entry : catalogue()) {
    EXPECT_EQ(static_cast<std::size_t>(entry.id), position) << entry.name;
    EXPECT_EQ(&entry_of(entry.id), &entry);
    ++position;
  }
}

TEST(Catalogue, KeepsTheEventsOfAGroupTogether) {
  Strings groups;
  for (const CatalogueEntry& entry : catalogue()) {
    const std::string group(entry.name.substr(0, entry.name.find('.')));
    if (groups.empty() || groups.back() != group) groups.push_back(group);
  }
  EXPECT_EQ(std::set<std::string>(groups.begin(), groups.end()).size(), groups.size());
}

TEST(Catalogue, SaysWhatToDoWhereSomethingIsToBeDone) {
  for (const CatalogueEntry& entry : catalogue()) {
    EXPECT_TRUE(entry.meaning.ends_with('.')) << entry.name;
    EXPECT_TRUE(entry.remedy.ends_with('.')) << entry.name;
    EXPECT_TRUE(entry.level < Level::warning || entry.remedy != "Nothing.") << entry.name;
  }
}

TEST(Catalogue, HasNoEventThatNobodyEmits) {
  std::set<std::string> used;
  for (const fs::directory_entry& file : fs::recursive_directory_iterator(DBSSD_SOURCE_DIR "/daemon")) {
    if (file.path().extension() != ".cpp" || file.path().parent_path().filename() == "telemetry") continue;
    for (const std::string& word : words_of(without_comments(text_of(file.path())))) {
      const std::size_t at = word.find("EventId::");
      if (at != std::string::npos) used.insert(word.substr(at));
    }
  }
  Strings never;
  for (const std::string& name : enumerators())
    if (!used.contains("EventId::" + name)) never.push_back(name);
  EXPECT_THAT(never, IsEmpty());
}

TEST(EventsDocument, HasOneSectionForEachEventInItsOrder) {
  EXPECT_THAT(documented("## "), ElementsAreArray(fields_of_catalogue(&CatalogueEntry::name)));
}

TEST(EventsDocument, GivesEachEventItsLevel) {
  Strings levels;
  for (const CatalogueEntry& entry : catalogue()) levels.emplace_back(to_string(entry.level));
  EXPECT_THAT(documented("Level: "), ElementsAreArray(levels));
}

TEST(EventsDocument, SaysWhatTheCatalogueSays) {
  EXPECT_THAT(documented("Meaning: "), ElementsAreArray(fields_of_catalogue(&CatalogueEntry::meaning)));
  EXPECT_THAT(documented("What to do: "), ElementsAreArray(fields_of_catalogue(&CatalogueEntry::remedy)));
}

TEST(OperationsDocument, SaysWhatToDoAboutEachEventThatAsksForIt) {
  std::set<std::string> events, answered;
  for (const CatalogueEntry& entry : catalogue()) {
    std::string anchor(entry.name);
    anchor.at(anchor.find('.')) = '-';
    const std::string line = anchor + "\"></a>";
    events.insert(line);
    if (entry.level >= Level::warning) answered.insert(line);
  }
  for (const char* trouble : {"not-well", "never-asked", "list-old"})  // what status tells without an event
    events.insert(std::string(trouble) + "\"></a>");
  const Strings anchors = documented("<a id=\"", "operations.md");
  EXPECT_THAT(anchors, testing::IsSupersetOf(answered));
  EXPECT_THAT(events, testing::IsSupersetOf(anchors));
}

}  // namespace
}  // namespace dbssd::telemetry
