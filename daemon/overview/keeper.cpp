#include <string>
#include <utility>

#include "overview/overview.h"
#include "overview/trouble.h"

namespace dbssd::overview {
namespace {

using Stands = journal::Keeper::Stands;

std::string last_of(const journal::Keeper& keeper) {
  const std::string process = "process " + keeper.process;
  const std::string since = keeper.since ? format_utc(*keeper.since) : "a time that is not known";
  switch (keeper.stands) {
    case Stands::nobody:
      return "none has ever kept this journal";
    case Stands::closed:
      return process + ", the last one, stopped in order at " + since;
    case Stands::killed:
      return process + ", the last one, began at " + since + " and was killed, or the host went down";
    case Stands::damaged:
      return process + ", the last one, met damage in the journal at " + since +
             ": the next start recovers what can be read";
    case Stands::holds:
      break;
  }
  return {};
}

}  // namespace

void add_keeper(Overview& overview, Expected<journal::Keeper> keeper) {
  Standing standing;
  if (!keeper) {
    overview.keeper_error = std::move(keeper.error().message);
    standing.what = trouble::kDaemonUnknown;
    standing.reason = overview.keeper_error;
  } else {
    overview.keeper = *std::move(keeper);
    if (overview.keeper->stands == Stands::holds) return;
    standing.what = trouble::kNoDaemon;
    // Of one that was killed it is known when it had begun, and not when it ended.
    if (overview.keeper->stands == Stands::closed) standing.since = overview.keeper->since;
    standing.reason = last_of(*overview.keeper);
  }
  overview.wrong.push_back(std::move(standing));
}

}  // namespace dbssd::overview
