#pragma once

#include "simulator/answer.h"
#include "simulator/request.h"
#include "simulator/world.h"

namespace dbss_sim {

// Answers one request, with its effect on the world. Every request but those to the control interface is in
// the tally afterwards, and in flight until the tally is given Delivery::ticket.
Delivery serve(World& world, const Request& request);

}  // namespace dbss_sim
