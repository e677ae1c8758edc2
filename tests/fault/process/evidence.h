// What the cloud and the journal say about the reports that were to be made.
#pragma once

#include <string>
#include <vector>

#include "integration/harness/site.h"

namespace integration {

// The names of all instances that the cloud has.
std::vector<std::string> instance_names(Cloud& cloud);

// How many runs there are, and how many of them have an outcome; -1 while the journal cannot be asked.
struct Progress {
  int runs = -1;
  int settled = -1;

  bool is_done(std::size_t expected) const {
    return runs == settled && settled == static_cast<int>(expected);
  }
};
Progress progress_of(const Site& site);

// As Site::query, of a state that nobody has open, and which stays as it is: a look would bring it to rest.
std::vector<std::string> query_as_left(const Site& site, const std::string& sql);

// Each of `expected` (Backlog::reports) was made exactly once in the cloud. `dbssd history` has exactly one
// run for each, which is finished and names the very report that the cloud has for it; the windows of each
// rule follow each other. No state was ever begun anew.
void expect_each_once(Site& site, const std::vector<std::string>& expected);

// Each report that the cloud was asked for has its intent in the state, which nobody has open.
void expect_all_written_down(Site& site);

}  // namespace integration
