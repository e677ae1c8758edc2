#include "integration/harness/status_client.h"

#include <sstream>

namespace integration {

std::uint16_t status_port(const Daemon& daemon, std::size_t count) {
  if (!daemon.says("status.listening", json::object(), count)) return 0;
  const std::string url = events(daemon.log(), "status.listening")[count - 1]["msg"];
  return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}

contract::Reply get(std::uint16_t port, const std::string& path, const contract::Headers& headers) {
  return contract::RawClient(port).send("GET", path, headers);
}

json status_of(std::uint16_t port) {
  const contract::Reply reply = get(port, "/status.json");
  EXPECT_EQ(reply.status, 200) << reply.body;
  json document = json::parse(reply.body, nullptr, /*allow_exceptions=*/false);
  EXPECT_TRUE(document.is_object()) << reply.body;
  return document;
}

Samples samples_of(const std::string& exposition) {
  Samples samples;
  std::istringstream lines(exposition);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    const std::size_t space = line.rfind(' ');
    samples[line.substr(0, space)] = std::stod(line.substr(space + 1));
  }
  return samples;
}

}  // namespace integration
