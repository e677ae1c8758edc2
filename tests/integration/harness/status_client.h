#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "contract/raw_client.h"
#include "integration/harness/site.h"

namespace integration {

// The port of the daemon's status endpoint, as its log has it for the `count`-th time; 0 where it has none.
std::uint16_t status_port(const Daemon& daemon, std::size_t count = 1);

// One request over a connection of its own.
contract::Reply get(std::uint16_t port, const std::string& path, const contract::Headers& headers = {});

json status_of(std::uint16_t port);

// A sample of the text format: its name with its labels as they are written, and its value.
using Samples = std::map<std::string, double>;
Samples samples_of(const std::string& exposition);

}  // namespace integration
