#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/answer.h"
#include "simulator/call.h"
#include "simulator/chance.h"

namespace dbss_sim {

enum class FaultKind {
  kDrop,
  kStatus,
  kSlow,
  kDrip,
  kHalfBody,
  kHtml,
  kGarbage,
  kExpiredToken,
  kRedirect,
  kHugeBody,
  kThrottle,
  kWrongContentType,
  kRaw,
};

// Something that goes wrong on demand. `effect` says whether the call is carried out before it does.
struct Fault {
  std::size_t id = 0;
  std::string kind_name;
  FaultKind kind = FaultKind::kDrop;
  bool effect = false;
  std::string call = "*", project, instance;  // the latter two: id or name, empty is any
  int status = 500;
  std::string error_code = "DBSS.11000000", message = "internal error";
  std::optional<std::string> text;  // in place of the body; the target of kRedirect; all that kRaw sends
  double seconds = 0;               // how late it is answered; of kDrip, how long the body takes
  std::int64_t bytes = 64 << 20;
  int limit = 10;               // of kThrottle's message, in requests a minute
  int retry_after = 0;          // seconds; 0: no such header
  std::size_t after_calls = 0;  // lets so many matching calls pass first
  std::optional<std::size_t> times;
  double probability = 1;

  std::size_t matched = 0, struck = 0;
};

// What a fault is matched against: ids and names of what the request is about, empty where it is about none.
struct Target {
  Call call = Call::kUnknown;
  std::string_view project_id, project_name, instance_id, instance_name;
};

class Faults {
 public:
  // Nothing, and why in `problem`, where the object describes no fault.
  std::optional<std::size_t> install(const nlohmann::json& object, std::string& problem);
  void clear() { faults_.clear(); }
  bool remove(std::size_t id);
  bool none() const { return faults_.empty(); }
  const std::vector<Fault>& all() const { return faults_; }

  // The first fault, in the order of installation, that strikes this call. Counts the call against each that
  // it matches on the way.
  const Fault* strike(const Target& target, Chance& chance);

 private:
  std::vector<Fault> faults_;
  std::size_t next_id_ = 1;
};

// Makes of `delivery` (the call's true answer where the fault has an effect) what the fault leaves of it.
void apply_fault(const Fault& fault, std::string_view request_id, Delivery& delivery);

}  // namespace dbss_sim
