// How a command that takes long shows that it lives.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

namespace dbssd::cli {

/// On a terminal one line that is written over itself; elsewhere a line whenever the text changes.
class Progress {
 public:
  /// `columns` is the terminal's width, 0 where `out` is none. `out` outlives it.
  Progress(std::ostream& out, int columns) : out_(out), columns_(columns) {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// Leaves the terminal's line empty.
  ~Progress();

  /// `pulse` moves on by itself, as a time does: it alone is no reason for a line.
  void show(std::string_view text, std::string_view pulse);

 private:
  std::ostream& out_;
  const int columns_;
  std::string last_;
};

/// Of the terminal that standard error is; 0 where it is none.
[[nodiscard]] int columns_of_standard_error();

}  // namespace dbssd::cli
