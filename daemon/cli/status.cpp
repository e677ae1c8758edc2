#include <nlohmann/json.hpp>
#include <ostream>
#include <utility>

#include "cli/build.h"
#include "cli/command.h"
#include "cli/overview_text.h"
#include "cli/policy_file.h"
#include "cli/printing.h"
#include "cli/state_file.h"
#include "journal/sqlite_journal.h"
#include "overview/json.h"

namespace dbssd::cli {
namespace {

using Json = nlohmann::ordered_json;

Expected<overview::Overview> look(const policy::Policy& policy, schedule::ZoneDatabase& zones, Instant now,
                                  std::ostream& err) {
  const auto state = open_state(policy.state.path, err);
  if (!state) return fail(state.error());
  auto overview = overview::look(policy, **state, zones, now);
  if (overview) overview::add_keeper(*overview, journal::keeper_of(policy.state.path));
  return overview;
}

/// For programs: that a document is there, and says so, does not hang on whether the journal can be read.
Json unreadable(const std::string& state_path, const Error& error, Instant now) {
  return {{"time", format_utc(now)},
          {"well", false},
          {"state", {{"path", state_path}, {"error", error.message}}},
          {"error", error.message}};
}

}  // namespace

int status(const StatusArguments& arguments, Streams streams) {
  const Instant now = SystemClock().now().second();
  schedule::ZoneDatabase zones;
  const PolicyFile file = require_policy_file(arguments.policy, zones, Secrets::untouched, now, streams);
  if (!file.policy) return kWrongUsage;
  const bool in_json = arguments.output == Output::json;
  const auto overview = look(*file.policy, zones, now, streams.err);
  if (!overview) {
    streams.err << "dbssd: " << overview.error().message << '\n';
    if (in_json) streams.out << print_json(unreadable(file.policy->state.path, overview.error(), now));
    return kFailed;
  }
  if (in_json) {
    auto document = overview::to_json(*overview);
    document["version"] = build::kVersion;
    document["service"] = {{"policy", {{"path", arguments.policy}, {"fingerprint", file.fingerprint}}}};
    streams.out << print_json(document);
  } else {
    print_text(*overview, streams.out_paint, streams.out);
    streams.out << "read with " << one_line(arguments.policy) << ", " << file.fingerprint << '\n';
  }
  return is_well(*overview) ? kWell : kFailed;
}

}  // namespace dbssd::cli
