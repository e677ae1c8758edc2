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

void find_holder(overview::Overview& overview) {
  auto holder = journal::writer_of(overview.state_path);
  if (holder) {
    overview.holder = *std::move(holder);
  } else {
    overview.holder_error = holder.error().message;
  }
}

}  // namespace

int status(const StatusArguments& arguments, Streams streams) {
  const Instant now = SystemClock().now().second();
  schedule::ZoneDatabase zones;
  const PolicyFile file = require_policy_file(arguments.policy, zones, Secrets::untouched, now, streams);
  if (!file.policy) return kWrongUsage;
  const auto state = require_state(file.policy->state.path, streams.err);
  if (!state) return kFailed;
  auto overview = overview::look(*file.policy, *state, zones, now);
  if (!overview) {
    streams.err << "dbssd: " << overview.error().message << '\n';
    return kFailed;
  }
  find_holder(*overview);
  if (arguments.output == Output::json) {
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
