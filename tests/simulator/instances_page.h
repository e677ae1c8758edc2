#pragma once

#include <span>
#include <string>

#include "simulator/world.h"

namespace dbss_sim {

// How this answer spells the list: one of its three shapes, or a mix of them.
struct ListForm {
  const Behaviour& behaviour;
  bool instances_key = false;    // "instances" in place of "servers"
  bool instance_id_key = false;  // "instance_id" in place of "id"
};

// The body of one page. Settles the instances on it.
std::string instances_page(std::span<Instance* const> page, const Project& project, const ListForm& form,
                           Instant now);

}  // namespace dbss_sim
