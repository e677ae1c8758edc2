#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "simulator/answer.h"
#include "simulator/chance.h"
#include "simulator/clock.h"
#include "simulator/faults.h"
#include "simulator/fleet.h"
#include "simulator/iam.h"
#include "simulator/life_cycle.h"
#include "simulator/summary.h"
#include "simulator/tally.h"
#include "simulator/text_map.h"
#include "simulator/throttle.h"

namespace dbss_sim {

struct Project {
  std::string id, name, region;
  std::vector<Instance*> instances;  // in the order of the list
  std::string network;               // JSON members that all its instances share
};

struct WorldOptions {
  std::uint64_t seed = 1;
  double time_factor = 1;
  double clock_rate = 1;
};

// Everything the simulated cloud is and remembers. One thread uses it.
class World {
 public:
  World(Fleet described, WorldOptions options);
  // As it was at first, the clock included.
  void reset();

  Project* project(std::string_view id);
  std::size_t index_of(const Project& project) const {
    return static_cast<std::size_t>(&project - projects.data());
  }
  // Settled at `now`; nullptr where the project has no such instance.
  Instance* instance(const Project& project, std::string_view id, Instant now);
  Instance* instance_of_resource(const Project& project, std::string_view resource_id, Instant now);
  // In any project, by its id.
  Instance* instance_anywhere(std::string_view id, Instant now);
  // Nothing, and why in `problem`, where its ids are taken.
  Instance* add(Project& project, InstanceSpec spec, Instant now, std::string& problem);
  void remove(Instance& instance, Instant now);
  // After spec was changed from outside.
  void begin_anew(Instance& instance, Instant now, std::string_view why);

  Answer refuse(int status, std::string_view code, std::string_view message);
  std::string_view next_request_id();
  std::string_view request_id() const { return request_id_; }

  Fleet fleet;
  Clock clock;
  Chance chance;
  std::vector<Project> projects;
  std::deque<Instance> instances;  // removed ones included
  Iam iam;
  Faults faults;
  Throttle throttle;
  Tally tally;
  SummaryTasks summary;
  std::function<void(const LoggedRequest&)> on_request;  // called for each as it goes into the tally

 private:
  void populate();

  Fleet described_;
  WorldOptions options_;
  TextMap<std::size_t> projects_by_id_;
  TextMap<Instance*> by_id_, by_resource_;
  std::string request_id_;
};

}  // namespace dbss_sim
