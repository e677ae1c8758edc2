#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace integration {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A program under test. Killed where the test leaves it running.
class Child {
 public:
  // Its output goes to these files, its environment is `environment` and nothing else.
  Child(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment,
        const std::string& out_path, const std::string& err_path);
  ~Child();
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  // The exit status, or 128 and the signal that ended it; nothing where it still runs after `limit`.
  std::optional<int> wait(milliseconds limit);
  bool runs() { return !wait(milliseconds{0}); }

 private:
  pid_t pid_ = -1;
  std::optional<int> status_;
};

// The whole file, or "" where there is none.
std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& text);

// Asks `condition` again and again until it holds; false after `limit`.
template <class Condition>
bool eventually(Condition condition, milliseconds limit);

// What a test waits for at most before it calls a thing missing. Long, for machines under load: it costs
// time in a failure alone.
inline constexpr seconds kPatience{45};

// What is sanitized runs several times slower.
#if defined(DBSSD_SANITIZED)
inline constexpr int kSlowness = 3;
#else
inline constexpr int kSlowness = 1;
#endif

void pause_between_looks();

template <class Condition>
bool eventually(Condition condition, milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    pause_between_looks();
  }
  return true;
}

}  // namespace integration
