#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "simulator/world.h"

namespace dbss_sim {

// HTTP/1.1 on 127.0.0.1, every request on the one thread that is in run(). The world outlives the server.
class Server {
 public:
  // Port 0 takes a free one. Throws std::system_error where the port is taken.
  Server(World& world, std::uint16_t port);
  ~Server();

  std::uint16_t port() const;
  void run();
  // From any thread: run() returns soon, connections are closed.
  void stop();
  // From any thread: `task` is called in run().
  void post(std::function<void()> task);
  // SIGTERM and SIGINT stop it.
  void stop_on_signals();

 private:
  struct Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace dbss_sim
