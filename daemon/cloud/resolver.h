// Name look-ups that a caller can give up on.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/expected.h"
#include "base/time.h"

namespace dbssd::cloud {

/// Asks the system whether a name resolves. The system's call can neither be timed nor cancelled, so it runs
/// on a thread of its own that is left behind when it hangs; never more than one such thread per name.
/// Thread-safe.
class Resolver {
 public:
  /// Returns 0, or what gai_strerror explains. Called on threads of its own, possibly after the Resolver is
  /// gone.
  using LookUp = std::function<int(const std::string& host)>;

  explicit Resolver(LookUp look_up = getaddrinfo_look_up());
  ~Resolver();  ///< waits for nobody
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// Success means that the name resolved less than half a minute ago. Numeric addresses always succeed.
  /// Failure is not_sent.
  [[nodiscard]] Expected<void> resolve(const std::string& host, MonoTime deadline);
  /// Ends every wait at once, and every later one. For good.
  void cancel();

 private:
  static LookUp getaddrinfo_look_up();
  struct State;
  std::shared_ptr<State> state_;  ///< shared with the threads left behind
};

}  // namespace dbssd::cloud
