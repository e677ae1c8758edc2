// Kills at a step, by the module of kill_at.cpp.
#pragma once

#include "fault/process/fast_site.h"

namespace integration {

enum class Moment { before, after };

// What the site begins from now on is killed just before or just after its `step`-th step, counted from 1; at
// none where that is 0.
void kill_at(FastSite& site, long step, Moment moment);
// What the site begins from now on is left alone.
void kill_no_more(FastSite& site);
// How many steps the program took that was begun last under kill_at().
long steps_of(const FastSite& site);

}  // namespace integration
