#include <openssl/crypto.h>
#include <sqlite3.h>

#include <fstream>
#include <iomanip>
#include <nlohmann/json.hpp>

#include "cli/build.h"
#include "cli/command.h"
#include "cli/printing.h"
#include "journal/schema.h"
#include "schedule/zone.h"

namespace dbssd::cli {
namespace {

/// The release of the zone data that is on this host now, as the data itself says.
std::string tzdata_version() {
  std::ifstream data(schedule::ZoneDatabase::default_directory() + "/tzdata.zi");
  std::string hash, word, release;
  data >> hash >> word >> release;
  return hash == "#" && word == "version" ? release : "unknown";
}

/// Name and version, in the order of printing. What is linked dynamically says its own version where it can.
std::vector<std::pair<std::string, std::string>> components() {
  return {
      {"dbssd", build::kVersion},
      {"schema", std::to_string(journal::sqlite::schema_version())},
      {"compiler", build::kCompiler},
      {"cpprestsdk", build::kCpprestsdk},
      {"fmt", build::kFmt},
      {"libsystemd", build::kSystemd},
      {"openssl", OpenSSL_version(OPENSSL_VERSION_STRING)},
      {"simdjson", build::kSimdjson},
      {"spdlog", build::kSpdlog},
      {"sqlite", sqlite3_libversion()},
      {"yaml-cpp", build::kYamlCpp},
      {"tzdata", tzdata_version()},
  };
}

}  // namespace

int version(const VersionArguments& arguments, Streams streams) {
  if (arguments.output == Output::json) {
    nlohmann::ordered_json document;
    for (const auto& [name, number] : components()) document[name] = number;
    streams.out << print_json(document);
  } else {
    for (const auto& [name, number] : components()) {
      streams.out << std::left << std::setw(12) << name << number << '\n';
    }
  }
  return kWell;
}

}  // namespace dbssd::cli
