#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>

#include "simulator/calendar.h"
#include "simulator/dialect.h"
#include "simulator/server.h"
#include "simulator/world.h"

namespace {

struct Arguments {
  std::uint16_t port = 0;
  std::string port_file, fleet_file;
  std::size_t instances = 10, projects = 1, shutoff = 2;
  std::string dialect;
  bool log = false;
  dbss_sim::WorldOptions world;
};

std::optional<dbss_sim::Fleet> read_fleet(const Arguments& arguments) {
  if (arguments.fleet_file.empty()) {
    return dbss_sim::generated_fleet(arguments.instances, arguments.projects, arguments.shutoff);
  }
  std::ifstream file(arguments.fleet_file);
  if (!file) {
    std::cerr << arguments.fleet_file << ": cannot be read\n";
    return std::nullopt;
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::string problem;
  auto fleet = dbss_sim::parse_fleet(text, problem);
  if (!fleet) std::cerr << arguments.fleet_file << ": " << problem << '\n';
  return fleet;
}

void log_request(const dbss_sim::LoggedRequest& request) {
  std::cerr << dbss_sim::date_time_text(request.at) << ' ' << request.method << ' ' << request.path
            << (request.query.empty() ? "" : "?") << request.query << ' ' << request.status
            << (request.fault.empty() ? "" : " ") << request.fault << '\n';
}

int serve(const Arguments& arguments, dbss_sim::Fleet fleet) {
  dbss_sim::World world(std::move(fleet), arguments.world);
  if (arguments.log) world.on_request = log_request;
  dbss_sim::Server server(world, arguments.port);
  server.stop_on_signals();
  if (!arguments.port_file.empty()) {
    // A reader that waits for the file must not find half a number in it.
    const std::string unfinished = arguments.port_file + ".new";
    std::ofstream(unfinished) << server.port() << '\n';
    if (std::rename(unfinished.c_str(), arguments.port_file.c_str()) != 0) {
      std::cerr << arguments.port_file << ": cannot be written\n";
      return 1;
    }
  }
  std::cout << "listening on 127.0.0.1:" << server.port() << std::endl;
  server.run();
  return 0;
}

int run(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("A DBSS and IAM service on loopback, for tests and demonstrations", "dbss-sim");
  app.add_option("--port", arguments.port, "TCP port on 127.0.0.1; 0 takes a free one")
      ->capture_default_str();
  app.add_option("--port-file", arguments.port_file, "file that receives the port once it is open");
  app.add_option("--seed", arguments.world.seed, "what ids and quirks are derived from")
      ->capture_default_str();
  app.add_option("--time-factor", arguments.world.time_factor, "how many times faster life cycles go")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  auto* fleet_file = app.add_option("--fleet", arguments.fleet_file, "fleet file (JSON)");
  app.add_option("--instances", arguments.instances, "instances of a made-up fleet")->excludes(fleet_file);
  app.add_option("--projects", arguments.projects, "projects of a made-up fleet")
      ->check(CLI::PositiveNumber)
      ->excludes(fleet_file);
  app.add_option("--shutoff", arguments.shutoff, "instances of a made-up fleet that are SHUTOFF")
      ->excludes(fleet_file);
  app.add_option("--dialect", arguments.dialect,
                 "NAME[=VALUE],…: dialects, and axes with their values; help lists them")
      ->capture_default_str();
  app.add_flag("--log", arguments.log, "write each request to standard error");
  CLI11_PARSE(app, argc, argv);
  if (arguments.dialect == "help") {
    std::cout << dbss_sim::dialects_explained();
    return 0;
  }
  auto fleet = read_fleet(arguments);
  if (!fleet) return 2;
  if (const std::string problem = dbss_sim::speak(arguments.dialect, fleet->behaviour); !problem.empty()) {
    std::cerr << "--dialect: " << problem << '\n';
    return 2;
  }
  return serve(arguments, std::move(*fleet));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "dbss-sim: %s\n", error.what());
    return 1;
  }
}
