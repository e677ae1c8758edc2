#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "simulator/chance.h"
#include "simulator/clock.h"
#include "simulator/fleet.h"

namespace dbss_sim {

inline bool is_busi_type(std::string_view text) { return text == "audit" || text == "risk"; }

struct SummaryTask {
  std::int64_t id = 0;
  int status = 0;  // 0 ready, 1 running, 2 success, 3 failed
  Instant begin, end, query_begin, query_end;
};

// What a test sets of a task; the rest goes on as it would.
struct SummaryOverride {
  std::optional<int> status;
  std::optional<std::int64_t> query_begin_time, query_end_time;  // milliseconds since the epoch
};

// The tenant's summary tasks: one per project and busi_type runs once a period, ready at first, then running,
// then done; it summarises the window that ends with its period's begin.
class SummaryTasks {
 public:
  SummaryTask at(const Behaviour& behaviour, const Clock& clock, const Chance& chance,
                 std::string_view project_id, std::string_view busi_type, Instant now) const;
  void set(std::string project_id, std::string busi_type, SummaryOverride values);
  void release() { overrides_.clear(); }

 private:
  std::map<std::pair<std::string, std::string>, SummaryOverride, std::less<>> overrides_;
};

}  // namespace dbss_sim
