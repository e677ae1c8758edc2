#include "cli/command.h"

#include <unistd.h>

#include <exception>
#include <iostream>
#include <system_error>

namespace dbssd::cli {
namespace {

struct Perform {
  Streams streams;
  int operator()(const RunArguments& arguments) const { return run(arguments, streams); }
  int operator()(const CheckArguments& arguments) const { return check(arguments, streams); }
  int operator()(const PlanArguments& arguments) const { return plan(arguments, streams); }
  int operator()(const NextArguments& arguments) const { return next(arguments, streams); }
  int operator()(const HistoryArguments& arguments) const { return history(arguments, streams); }
  int operator()(const StatusArguments& arguments) const { return status(arguments, streams); }
  int operator()(const TriggerArguments& arguments) const { return trigger(arguments, streams); }
  int operator()(const WaitArguments& arguments) const { return wait(arguments, streams); }
  int operator()(const VersionArguments& arguments) const { return version(arguments, streams); }
  int operator()(const HelpArguments& arguments) const {
    streams.out << arguments.text;
    return kWell;
  }
};

int parse_and_perform(std::span<const char* const> argv, Streams streams) {
  const auto arguments = parse_arguments(argv);
  if (!arguments) {
    streams.err << "dbssd: " << arguments.error() << '\n';
    return kWrongUsage;
  }
  return std::visit(Perform{streams}, *arguments);
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  try {
    const int status = parse_and_perform(
        {argv, static_cast<std::size_t>(argc)},
        {std::cout, std::cerr, Paint::for_terminal(STDOUT_FILENO), Paint::for_terminal(STDERR_FILENO)});
    if (std::cout.flush()) return status;
    std::cerr << "dbssd: standard output could not be written\n";
  } catch (const std::system_error& error) {
    std::cerr << "dbssd: " << error.what() << '\n';
    if (error.code() == std::errc::resource_unavailable_try_again)
      std::cerr << "dbssd: the host grants no thread: raise TasksMax= of the unit, or `ulimit -u`\n";
  } catch (const std::exception& error) {
    std::cerr << "dbssd: " << error.what() << '\n';
  }
  return kFailed;
}

}  // namespace dbssd::cli
