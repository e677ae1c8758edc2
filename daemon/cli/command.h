// The commands' common ground: exit statuses, and where output goes.
#pragma once

namespace dbssd::cli {

/// Exit statuses, part of the interface.
enum Exit : int {
  kWell = 0,
  kFailed = 1,       ///< something failed or was found
  kWrongUsage = 2,   ///< wrong usage or an invalid policy
  kNotAsked = 3,     ///< the cloud could not be asked
};

/// Parses argv and runs the command that it names. Catches everything; returns the exit status.
[[nodiscard]] int main(int argc, char** argv);

}  // namespace dbssd::cli
