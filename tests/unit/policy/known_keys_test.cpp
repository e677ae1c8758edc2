// The reader is the one that knows the keys. The schema, the manual and the example are held against it here.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "unit/policy/reading.h"

namespace dbssd::policy {
namespace {

using Json = nlohmann::json;

Json schema() { return Json::parse(text_of_file(DBSSD_SOURCE_DIR "/config/policy.schema.json")); }

/// The schema of a place, with what it refers to.
Json resolved(const Json& root, Json node) {
  if (const auto reference = node.find("$ref"); reference != node.end()) {
    const std::string path = reference->get<std::string>().substr(1);
    node.erase("$ref");
    Json merged = resolved(root, root.at(Json::json_pointer(path)));
    merged.update(node);
    return merged;
  }
  return node;
}

struct SchemaKey {
  bool required = false;
  std::vector<std::string> choices;
  std::string numbers;
  bool is_duration = false;
  Json default_value;
};

std::vector<std::string> words_of(const Json& node) {
  for (const Json& place : {node, node.value("items", Json::object()), node.value("else", Json::object())}) {
    if (place.contains("enum")) return place.at("enum").get<std::vector<std::string>>();
  }
  return {};
}

void collect(const Json& root, const Json& map, const std::string& prefix,
             std::map<std::string, SchemaKey>& keys) {
  const Json properties = map.value("properties", Json::object());
  const Json required = map.value("required", Json::array());
  for (const auto& [name, place] : properties.items()) {
    if (place.is_boolean()) continue;  // false: a key that another rules out
    const Json node = resolved(root, place);
    const std::string path = prefix.empty() ? name : prefix + '.' + name;
    SchemaKey& key = keys[path];
    key.required = std::ranges::find(required, Json(name)) != required.end();
    key.choices = words_of(node);
    if (node.contains("minimum")) key.numbers = node["minimum"].dump() + " to " + node["maximum"].dump();
    key.is_duration = place.value("$ref", "") == "#/$defs/duration";
    if (node.contains("default")) key.default_value = node["default"];
    collect(root, node, path, keys);
    if (node.contains("then")) collect(root, node["then"], path, keys);
    if (node.contains("items")) collect(root, resolved(root, node["items"]), path + "[]", keys);
  }
}

std::map<std::string, SchemaKey> schema_keys() {
  const Json root = schema();
  std::map<std::string, SchemaKey> keys;
  collect(root, root, "", keys);
  return keys;
}

std::set<std::string> paths(const auto& keys, auto path) {
  std::set<std::string> all;
  for (const auto& key : keys) all.insert(path(key));
  return all;
}

std::set<std::string> known_paths() {
  return paths(known_keys(), [](const KnownKey& k) { return k.path; });
}

TEST(KnownKeys, AreRecordedOnceEachParentsFirst) {
  std::set<std::string> seen;
  for (const KnownKey& key : known_keys()) {
    EXPECT_TRUE(seen.insert(key.path).second) << key.path;
    const std::size_t end = key.path.find_last_of('.');
    if (end == std::string::npos) continue;
    std::string parent = key.path.substr(0, end);
    if (parent.ends_with("[]")) parent.resize(parent.size() - 2);
    EXPECT_TRUE(seen.contains(parent)) << key.path;
  }
  EXPECT_TRUE(seen.contains("projects[].limits.timeout"));
  EXPECT_TRUE(seen.contains("reports[].window.last"));
}

TEST(Schema, KnowsTheKeysOfTheReaderAndNoOthers) {
  EXPECT_EQ(paths(schema_keys(), [](const auto& entry) { return entry.first; }), known_paths());
}

TEST(Schema, AgreesWithTheReaderOnWhatIsRequiredAndWhatCanBeGiven) {
  const auto in_schema = schema_keys();
  for (const KnownKey& key : known_keys()) {
    const auto found = in_schema.find(key.path);
    if (found == in_schema.end()) continue;  // another test's finding
    EXPECT_EQ(found->second.required, key.required) << key.path;
    EXPECT_EQ(found->second.choices, key.choices) << key.path;
    const bool takes_a_duration = !key.range.empty() && key.range.find_first_of("smhd") != std::string::npos;
    EXPECT_EQ(found->second.is_duration, takes_a_duration) << key.path;
    if (!takes_a_duration && key.path != "version") {
      EXPECT_EQ(found->second.numbers, key.range) << key.path;
    }
  }
}

TEST(Schema, RefusesUnknownKeysEverywhere) {
  int maps = 0;
  const auto look = [&](const auto& self, const Json& node, const std::string& at) -> void {
    if (!node.is_structured()) return;
    if (node.is_object() && node.contains("properties") && node.value("type", "") == "object") {
      ++maps;
      EXPECT_EQ(node.value("additionalProperties", Json(true)), Json(false)) << at;
    }
    for (const auto& [key, below] : node.items()) self(self, below, at + '/' + key);
  };
  look(look, schema(), "");
  EXPECT_GT(maps, 15);
}

TEST(Schema, DescribesEveryKeyOfWhichTheNameSaysTooLittle) {
  const Json root = schema();
  for (const auto& [name, section] : root["properties"].items())
    EXPECT_TRUE(section.contains("description")) << name;
}

/// Writes every default of the schema into a policy, where a key is not given.
void fill(const Json& root, const Json& map, Json& policy) {
  const Json properties = map.value("properties", Json::object());
  for (const auto& [name, place] : properties.items()) {
    const Json node = resolved(root, place);
    if (!policy.contains(name)) {
      const bool is_map =
          node.value("type", "") == "object" && !node.contains("required") && !node.contains("minProperties");
      if (node.contains("default")) {
        policy[name] = node["default"];
      } else if (is_map) {
        policy[name] = Json::object();
      } else {
        continue;
      }
    }
    Json& value = policy[name];
    if (value.is_object()) fill(root, node, value);
    if (!value.is_array() || !node.contains("items")) continue;
    for (Json& item : value) {
      if (item.is_object()) fill(root, resolved(root, node["items"]), item);
    }
  }
}

TEST(Schema, HasTheDefaultsOfTheReader) {
  const Json sparse = Json::parse(R"({
    "version": 1,
    "projects": [{"name": "p", "region": "cn-north-1", "auth": {"method": "ecs_agency"}}],
    "instances": {"start": [{"name": "s"}]},
    "reports": [{"name": "r", "template": {"type": "SOX"}, "schedule": "0 6 * * *", "archive": {"directory": "/a"}}]
  })");
  Json full = sparse;
  const Json root = schema();
  fill(root, root, full);
  EXPECT_EQ(full["reports"][0]["deadline"], "6h") << "the defaults are filled in at all";
  EXPECT_EQ(full["instances"]["start"][0]["flap"]["hold"], "24h");
  EXPECT_EQ(clean(full.dump()), clean(sparse.dump()));
}

TEST(Example, MentionsEveryKey) {
  const std::string example = text_of_file(DBSSD_SOURCE_DIR "/config/policy.example.yaml");
  for (const KnownKey& key : known_keys()) {
    const std::string name = key.path.substr(key.path.find_last_of('.') + 1);
    EXPECT_TRUE(std::regex_search(example, std::regex("(^|[ {#])" + name + ":", std::regex::multiline)))
        << key.path;
    for (const std::string& word : key.choices) {
      EXPECT_TRUE(std::regex_search(example, std::regex("\\b" + word + "\\b"))) << key.path << ": " << word;
    }
  }
}

struct ManualRow {
  std::string value;
  std::string default_value;
};

/// The rows of the manual's tables: | `path` | value | default | meaning |
std::map<std::string, ManualRow> manual_rows() {
  const std::string manual = text_of_file(DBSSD_SOURCE_DIR "/docs/policy.md");
  const std::regex row(R"(^\| `([^`]+)` \| ([^|]*?) \| ([^|]*?) \| [^|]+ \|$)", std::regex::multiline);
  std::map<std::string, ManualRow> rows;
  for (auto match = std::sregex_iterator(manual.begin(), manual.end(), row); match != std::sregex_iterator();
       ++match) {
    EXPECT_TRUE(rows.emplace((*match)[1], ManualRow{(*match)[2], (*match)[3]}).second) << (*match)[1];
  }
  return rows;
}

TEST(Manual, HasARowForEachKeyAndNoOthers) {
  EXPECT_EQ(paths(manual_rows(), [](const auto& row) { return row.first; }), known_paths());
}

TEST(Manual, AgreesWithTheReaderOnValuesAndDefaults) {
  const auto rows = manual_rows();
  const auto in_schema = schema_keys();
  for (const KnownKey& key : known_keys()) {
    if (!rows.contains(key.path) || !in_schema.contains(key.path)) continue;  // another test's finding
    const ManualRow& row = rows.at(key.path);
    for (const std::string& word : key.choices)
      EXPECT_NE(row.value.find('`' + word + '`'), std::string::npos) << key.path;
    if (key.path != "version") {
      EXPECT_NE(row.value.find(key.range), std::string::npos) << key.path << ": " << key.range;
    }
    const Json& value = in_schema.at(key.path).default_value;
    if (key.required) {
      EXPECT_EQ(row.default_value, "required") << key.path;
    } else if (!value.is_null()) {
      const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
      EXPECT_EQ(std::regex_replace(row.default_value, std::regex("[`\" ]"), ""),
                std::regex_replace(text, std::regex("[\" ]"), ""))
          << key.path;
    }
  }
}

}  // namespace
}  // namespace dbssd::policy
