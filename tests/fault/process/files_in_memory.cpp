// Here a process dies, and not its host: a disk under the files would only cost time, and a busy one minutes.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

namespace integration {
namespace {

class FilesInMemory : public testing::Environment {
 public:
  void SetUp() override {
    constexpr const char* kMemory = "/dev/shm";
    if (::access(kMemory, W_OK | X_OK) == 0) ::setenv("TMPDIR", kMemory, /*overwrite=*/0);
  }
};

const auto* const kFilesInMemory = testing::AddGlobalTestEnvironment(new FilesInMemory);

}  // namespace
}  // namespace integration
