#include "simulator/simulator.h"

#include <future>

namespace dbss_sim {

Simulator::Simulator(Fleet fleet, WorldOptions options, std::uint16_t port)
    : world_(std::move(fleet), options), server_(world_, port), thread_([this] { server_.run(); }) {}

Simulator::~Simulator() {
  server_.stop();
  thread_.join();
}

std::string Simulator::url() const { return "http://127.0.0.1:" + std::to_string(port()); }

void Simulator::visit(const std::function<void(World&)>& visitor) {
  std::packaged_task<void()> task([&] { visitor(world_); });
  server_.post([&task] { task(); });
  task.get_future().get();
}

}  // namespace dbss_sim
