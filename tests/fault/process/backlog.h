// Reports of a known number, to which no others come.
#pragma once

#include <ctime>
#include <string>
#include <vector>

#include "fault/process/fast_site.h"

namespace integration {

// One scheduled time each of so many minutes of an hour; the next is a year away.
class Backlog {
 public:
  // Of the last full hour, so that all are missed.
  explicit Backlog(int minutes);
  // `hour` is its begin.
  Backlog(int minutes, std::time_t hour);

  // A report rule of the name and template type, with all its missed times served.
  json rule(const std::string& type) const;
  // The instance, the template type and the window of each report of these, as Evidence says it.
  std::vector<std::string> reports(const std::vector<std::string>& instances,
                                   const std::vector<std::string>& types) const;
  std::time_t begin() const { return times_.front(); }
  std::time_t end() const { return times_.back(); }

 private:
  std::vector<std::time_t> times_;
};

// Makes the state one in which the reports of the policy's backlog are due: listed once, and then not run for
// as long.
void fall_behind(FastSite& site);

}  // namespace integration
