// Whole lines to a descriptor.
#pragma once

#include <string_view>

namespace dbssd::telemetry {

/// One write(2) a line, which is what keeps the lines of several writers apart. Not thread-safe; the
/// descriptor is the caller's.
class LineWriter {
 public:
  explicit LineWriter(int descriptor) : descriptor_(descriptor) {}

  /// Adds the line's end. 0, or errno's number: then the line is lost, in part or whole.
  [[nodiscard]] int write(std::string_view line);

  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
  bool torn_ = false;  // the last line was written in part: the next one begins a line of its own
};

}  // namespace dbssd::telemetry
