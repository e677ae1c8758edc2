// The commands' common ground: exit statuses, and where output goes.
#pragma once

#include <iosfwd>

#include "cli/arguments.h"
#include "cli/paint.h"

namespace dbssd::cli {

/// Exit statuses, part of the interface.
enum Exit : int {
  kWell = 0,
  kFailed = 1,      ///< something failed or was found
  kWrongUsage = 2,  ///< wrong usage or an invalid policy
  kNotAsked = 3,    ///< the cloud could not be asked
};

/// Data goes to `out`, talk to `err`.
struct Streams {
  std::ostream& out;
  std::ostream& err;
  Paint out_paint = {};
  Paint err_paint = {};
};

// One function and one source a command. Each returns an exit status; none throws but what the library does.
[[nodiscard]] int run(const RunArguments& arguments, Streams streams);
[[nodiscard]] int check(const CheckArguments& arguments, Streams streams);
[[nodiscard]] int plan(const PlanArguments& arguments, Streams streams);
[[nodiscard]] int next(const NextArguments& arguments, Streams streams);
[[nodiscard]] int history(const HistoryArguments& arguments, Streams streams);
[[nodiscard]] int status(const StatusArguments& arguments, Streams streams);
[[nodiscard]] int trigger(const TriggerArguments& arguments, Streams streams);
[[nodiscard]] int wait(const WaitArguments& arguments, Streams streams);
[[nodiscard]] int version(const VersionArguments& arguments, Streams streams);

/// Parses argv and runs the command that it names. Catches everything; returns the exit status, with what was
/// printed flushed. A result that could not be printed whole is a failure.
[[nodiscard]] int main(int argc, char** argv);

}  // namespace dbssd::cli
