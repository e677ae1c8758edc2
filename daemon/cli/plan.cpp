#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/command.h"
#include "cli/cycle.h"
#include "cli/policy_file.h"
#include "cli/ports.h"
#include "cli/printing.h"
#include "journal/sqlite_journal.h"

namespace dbssd::cli {
namespace {

/// A plan tells what would be done, so what happened on the way to it is nobody's concern.
class Silence final : public telemetry::EventSink {
 public:
  void emit(const telemetry::Event&) override {}
};

}  // namespace

int plan(const PlanArguments& arguments, Streams streams) {
  prepare_http();
  const SystemClock clock;
  schedule::ZoneDatabase zones;
  const auto policy =
      require_policy(arguments.policy, zones, Secrets::required, clock.now().second(), streams);
  if (!policy) return kWrongUsage;
  const auto state = journal::open_sqlite(policy->state.path, journal::Access::read_only);
  if (!state) {
    streams.err << "dbssd: " << state.error().message << '\n';
    return kFailed;
  }

  Silence silence;
  const engine::Ports ports{clock, *state->journal, silence, zones, client_factory(zones)};
  const auto cycle = engine::run_cycle(ports, policy, engine::Mode::dry, [] { return false; });
  if (!cycle) {
    streams.err << "dbssd: " << cycle.error().message << '\n';
    return kFailed;
  }
  if (arguments.output == Output::json) {
    streams.out << print_json(to_json(*cycle));
  } else {
    print_text(*cycle, streams.out, streams.out_paint);
  }
  return report_failures(*cycle, streams.err);
}

}  // namespace dbssd::cli
