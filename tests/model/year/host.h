// A host with the daemon on it: the planner over the journal's file, by clocks that jump, and a directory of
// zone data of its own.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fakes/temp_directory.h"
#include "fakes/world.h"
#include "model/year/habit.h"

namespace dbssd::faults {

/// By the wall clock: from `begin` to `end` the daemon was awake. What was due at the begin it decides
/// together, and then each time as it comes.
struct Waking {
  Instant begin{};
  Instant sure{};  ///< no later than that: what is decided before the service has confirmed the clock
  Instant end{};
  std::map<std::string, std::string> replaced;  ///< zone to the one whose rules its file has
};

enum class Ended {
  stopped,
  killed,  ///< the next one finds the file with its log, as they lay at that moment
};

class Host {
 public:
  static constexpr const char* kInstances[] = {"i-1", "i-2"};

  /// A year has ten thousand commits, and a disk lets each of them wait.
  [[nodiscard]] static std::filesystem::path quickest_directory();

  Host(const std::string& begin, const std::vector<Habit>& habits,
       const std::filesystem::path& parent = quickest_directory());

  // Time passes, and the daemon is awake. It is also started anew once in a while.
  void live_for(Millis span);
  void live_until(const std::string& wall);  ///< nothing, where the wall clock is past it

  // What happens to it. It takes the daemon some seconds to notice.
  void suspend(Millis span);
  void step(Millis by);
  void restart(Ended how, Millis down);
  void reboot(Millis down);
  /// The zone's file becomes that of another one.
  void replace_zone(const std::string& zone, const std::string& with);

  [[nodiscard]] const std::vector<Waking>& wakings() const { return wakings_; }
  [[nodiscard]] const fakes::World& world() const { return world_; }
  [[nodiscard]] Instant now() const { return world_.clock.now().second(); }
  /// By the journal's file, opened anew; ascending.
  [[nodiscard]] std::vector<journal::RunRecord> runs();

 private:
  void install_zone(const std::string& name, const std::string& from) const;
  void open_journal();
  void end(Ended how);

  fakes::TempDirectory directory_;
  std::map<std::string, std::string> replaced_;
  std::vector<Waking> wakings_;
  std::unique_ptr<journal::Journal> journal_;
  std::string journal_path_;
  int lives_ = 0;
  Instant begun_{};
  fakes::World world_;
};

}  // namespace dbssd::faults
