#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "fakes/temp_directory.h"
#include "policy/reader.h"
#include "policy/source.h"

namespace dbssd::policy {
namespace {

class PolicyFile : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return directory_.file(name); }
  std::string written(const std::string& name, const std::string& content) const {
    return directory_.write(name, content);
  }
  static std::string failure(const std::string& at) {
    const auto text = load_policy_file(at);
    return text ? "read" : text.error().message;
  }

 private:
  fakes::TempDirectory directory_;
};

TEST_F(PolicyFile, IsReadByteForByte) {
  const std::string content("version: 1\r\n\0\xff", 14);
  EXPECT_EQ(load_policy_file(written("a", content)).value(), content);
  EXPECT_EQ(load_policy_file(written("b", "")).value(), "");
}

TEST_F(PolicyFile, IsReadThroughALink) {
  written("a", "x");
  ASSERT_EQ(::symlink("a", path("link").c_str()), 0);
  EXPECT_EQ(load_policy_file(path("link")).value(), "x");
}

TEST_F(PolicyFile, IsReadUpToItsLimit) {
  EXPECT_EQ(load_policy_file(written("a", std::string(kMaxPolicyBytes, 'x'))).value().size(),
            kMaxPolicyBytes);
  const std::string larger = written("b", std::string(kMaxPolicyBytes + 1, 'x'));
  EXPECT_EQ(failure(larger), larger + ": is larger than 1 MB; split it into several policies");
}

TEST_F(PolicyFile, ThatCannotBeReadIsNamedWithTheRemedy) {
  const std::string missing = path("missing");
  EXPECT_EQ(failure(missing),
            missing + ": cannot be read: No such file or directory; name the policy with --policy FILE");
  EXPECT_EQ(failure(path(".")), path(".") + ": is a directory; name the policy file in it");
  EXPECT_EQ(failure(written("a", "") + "/b"), path("a/b") + ": cannot be read: Not a directory");
  EXPECT_EQ(failure("/dev/null"), "/dev/null: is no regular file");
}

TEST_F(PolicyFile, ThatIsAPipeIsRefusedAtOnceRatherThanWaitedFor) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(failure(path("pipe")), path("pipe") + ": is no regular file");
}

TEST_F(PolicyFile, ThatMayNotBeReadIsNamedWithTheRemedy) {
  const std::string locked = written("a", "x");
  ASSERT_EQ(::chmod(locked.c_str(), 0), 0);
  // Root reads everything: look with the rights of nobody.
  const bool root = ::geteuid() == 0;
  if (root) {
    ASSERT_EQ(::chmod(std::filesystem::path(locked).parent_path().c_str(), 0755), 0);
    ASSERT_EQ(::seteuid(65534), 0);
  }
  const std::string said = failure(locked);
  ASSERT_EQ(::seteuid(root ? 0 : ::geteuid()), 0);
  EXPECT_EQ(said, locked + ": cannot be read: Permission denied; let the user that runs dbssd read it");
}

}  // namespace
}  // namespace dbssd::policy
