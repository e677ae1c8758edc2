// Servers that do what none should: the same table for the transport, for the simulated cloud where it can do
// it too, and for the whole program.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "contract/scripted_server.h"

namespace dbssd::test {

struct HostilePeer {
  std::string name;
  /// Answers one request that has been read.
  std::function<void(Peer&)> answer;
  /// The fault that makes the simulated cloud do the same; null where it cannot.
  nlohmann::json fault;
  /// Goes on until the client goes.
  bool endless = false;
  /// What there is of an answer: its status, 0 for none.
  int status = 0;
  /// What the reason says.
  std::string says;
};
inline void PrintTo(const HostilePeer& peer, std::ostream* out) { *out << peer.name; }

[[nodiscard]] const std::vector<HostilePeer>& hostile_peers();

/// Reads requests and answers each like that.
[[nodiscard]] ScriptedServer::Script script_of(const HostilePeer& peer);

}  // namespace dbssd::test
