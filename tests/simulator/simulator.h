#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "simulator/server.h"
#include "simulator/world.h"

namespace dbss_sim {

// The whole cloud on a thread of its own, for a test that wants it in its process.
class Simulator {
 public:
  explicit Simulator(Fleet fleet, WorldOptions options = {}, std::uint16_t port = 0);
  ~Simulator();
  Simulator(const Simulator&) = delete;
  Simulator& operator=(const Simulator&) = delete;

  std::uint16_t port() const { return server_.port(); }
  std::string url() const;  // without a slash at its end
  // Calls `visitor` between two requests. Returns when it has returned, or throws what it has thrown.
  void visit(const std::function<void(World&)>& visitor);

 private:
  World world_;
  Server server_;
  std::jthread thread_;
};

}  // namespace dbss_sim
