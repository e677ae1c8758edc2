// A small file system that can be full or read-only.
#pragma once

#include <cstddef>
#include <string>

#include "fakes/temp_directory.h"

namespace integration {

// In memory, and seen only by the thread that made it and by what that begins. Made before any other thread
// of the process, it needs no privilege where the kernel lets users have namespaces.
class SmallDisk {
 public:
  explicit SmallDisk(std::size_t bytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  // Why it is not there; empty where it is.
  const std::string& problem() const { return problem_; }
  std::string file(const std::string& name) const { return directory_.file(name); }

  // Takes all room that is left.
  void fill();
  void make_room();
  // Throws where the kernel refuses: somebody has a file open to write.
  void set_read_only(bool read_only);

 private:
  dbssd::fakes::TempDirectory directory_;
  std::size_t bytes_;
  std::string problem_;
};

}  // namespace integration
