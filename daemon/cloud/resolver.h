// Name look-ups that a caller can give up on.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/expected.h"
#include "base/time.h"

namespace dbssd::cloud {

struct Addresses {
  std::vector<std::string> v4;  ///< in numbers, in the order in which the system would have them tried
  bool v6 = false;              ///< whether there are any of IPv6
};

/// Asks the system for a name's addresses. The system's call can neither be timed nor cancelled, so it runs
/// on a thread of its own that is left behind when it hangs; never more than one such thread per name.
/// Thread-safe.
class Resolver {
 public:
  struct Found {
    int error = 0;  ///< as gai_strerror explains it; 0 for none
    Addresses addresses = {};
  };
  /// Called on threads of its own, possibly after the Resolver is gone.
  using LookUp = std::function<Found(const std::string& host)>;

  explicit Resolver(LookUp look_up = getaddrinfo_look_up());
  static LookUp getaddrinfo_look_up();
  ~Resolver();  ///< waits for nobody
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// What was found less than half a minute ago; a numeric address is its own. Failure is not_sent.
  [[nodiscard]] Expected<Addresses> resolve(const std::string& host, MonoTime deadline);
  /// Ends every wait at once, and every later one. For good.
  void cancel();

 private:
  struct State;
  std::shared_ptr<State> state_;  ///< shared with the threads left behind
};

}  // namespace dbssd::cloud
