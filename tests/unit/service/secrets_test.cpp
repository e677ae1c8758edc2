#include "service/secrets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "fakes/temp_directory.h"

namespace dbssd::service {
namespace {

using policy::SecretSource;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class SecretsTest : public testing::Test {
 protected:
  void SetUp() override { setenv("CREDENTIALS_DIRECTORY", directory_.path().c_str(), 1); }
  void TearDown() override {
    unsetenv("CREDENTIALS_DIRECTORY");
    unsetenv("DBSSD_TEST_SECRET");
  }

  SecretSource file(const std::string& content, mode_t mode = 0600) const {
    const std::string path = directory_.write("secret", content);
    chmod(path.c_str(), mode);
    return {SecretSource::Kind::file, path};
  }
  SecretSource credential(const std::string& content) const {
    directory_.write("iam-password", content);
    return {SecretSource::Kind::credential, "iam-password"};
  }
  static SecretSource environment(const std::string& content) {
    setenv("DBSSD_TEST_SECRET", content.c_str(), 1);
    return {SecretSource::Kind::env, "DBSSD_TEST_SECRET"};
  }

  static std::string revealed(const SecretSource& source) {
    const Expected<Secret> secret = read_secret(source);
    return secret ? std::string(secret->reveal()) : "error: " + secret.error().message;
  }
  static std::string refusal(const SecretSource& source) {
    const Expected<Secret> secret = read_secret(source);
    return secret ? "no refusal" : secret.error().message;
  }

  fakes::TempDirectory directory_;
};

TEST_F(SecretsTest, ComeFromEachOfTheThreeSources) {
  EXPECT_EQ(revealed(file("from a file")), "from a file");
  EXPECT_EQ(revealed(credential("from systemd")), "from systemd");
  EXPECT_EQ(revealed(environment("from the environment")), "from the environment");
}

TEST_F(SecretsTest, LoseOneLineBreakAtTheirEndAndNothingElse) {
  for (const auto& [content, secret] : {
           std::pair{"pass", "pass"},
           std::pair{"pass\n", "pass"},
           std::pair{"pass\r\n", "pass"},
           std::pair{" pass ", " pass "},
           std::pair{"p\xc3\xa4ss", "p\xc3\xa4ss"},
       }) {
    EXPECT_EQ(revealed(file(content)), secret);
    EXPECT_EQ(revealed(environment(content)), secret);
  }
}

TEST_F(SecretsTest, AreRefusedWhenTheyCannotBeOne) {
  struct Row {
    std::string content;
    const char* why;
  };
  for (const auto& [content, why] : {
           Row{"", "is empty"},
           Row{"\n", "is empty"},
           Row{"one\ntwo\n", "control character at byte 4"},
           Row{"pass\n\n", "control character at byte 5"},
           Row{std::string("pa\0ss", 5), "control character at byte 3"},
           Row{"pass\x7f", "control character at byte 5"},
           Row{std::string(kMaxSecretBytes + 1, 'x'), "is larger than 65536 bytes"},
       }) {
    EXPECT_THAT(refusal(file(content)), HasSubstr(why));
    EXPECT_THAT(refusal(credential(content)), HasSubstr(why));
  }
}

TEST_F(SecretsTest, ShowThatTheirFileHasChanged) {
  const SecretSource source = file("first");
  const std::uint64_t first = version_of(source);
  EXPECT_EQ(version_of(source), first);
  (void)file("other");  // as long as the first
  const std::uint64_t other = version_of(source);
  EXPECT_NE(other, first);
  directory_.write("next", "third");
  rename(directory_.file("next").c_str(), source.name.c_str());
  const std::uint64_t third = version_of(source);
  EXPECT_NE(third, other);
  chmod(source.name.c_str(), 0644);
  EXPECT_NE(version_of(source), third) << "it may be one now that is refused";
  unlink(source.name.c_str());
  EXPECT_NE(version_of(source), third);
  EXPECT_NE(version_of(credential("one")), version_of(credential("another")));
  EXPECT_EQ(version_of(environment("one")), version_of(environment("another")));
}

TEST_F(SecretsTest, MayBeAsLargeAsTheLimit) {
  const std::string largest(kMaxSecretBytes, 'x');
  EXPECT_EQ(revealed(file(largest + "\n")), largest);
}

TEST_F(SecretsTest, AreNeverPartOfARefusal) {
  EXPECT_THAT(refusal(file("hunter2\nhunter2")),
              AllOf(HasSubstr("control character"), Not(HasSubstr("hunter2"))));
}

TEST_F(SecretsTest, InAFileAreForItsOwnerAndAtMostItsGroup) {
  struct Row {
    mode_t mode;
    const char* remedy;
  };
  for (const auto& [mode, remedy] :
       {Row{0644, "chmod o-r"}, Row{0604, "chmod o-r"}, Row{0620, "chmod go-w"}, Row{0602, "chmod go-w"}}) {
    EXPECT_THAT(refusal(file("pass", mode)), HasSubstr(remedy)) << std::oct << mode;
  }
  for (const mode_t mode : {0600U, 0400U, 0640U, 0440U})
    EXPECT_EQ(revealed(file("pass", mode)), "pass") << std::oct << mode;
}

TEST_F(SecretsTest, InACredentialAreGuardedBySystemdItself) {
  const SecretSource source = credential("pass");
  std::filesystem::permissions(directory_.file("iam-password"), std::filesystem::perms{0444});
  EXPECT_EQ(revealed(source), "pass");
}

TEST_F(SecretsTest, AreReadFromRegularFilesOnly) {
  EXPECT_THAT(refusal({SecretSource::Kind::file, directory_.path()}), HasSubstr("is not a regular file"));
  const std::string pipe = directory_.file("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(refusal({SecretSource::Kind::file, pipe}), HasSubstr("is not a regular file"))
      << "and without waiting";
}

TEST_F(SecretsTest, ThatAreAbsentNameTheirSourceAndTheRemedy) {
  EXPECT_EQ(refusal({SecretSource::Kind::file, "/nonexistent/password"}),
            "file /nonexistent/password cannot be read: No such file or directory");
  EXPECT_EQ(refusal({SecretSource::Kind::credential, "absent"}),
            "credential absent cannot be read: No such file or directory");
  EXPECT_EQ(refusal({SecretSource::Kind::env, "DBSSD_TEST_ABSENT"}),
            "environment variable DBSSD_TEST_ABSENT is not set");
  unsetenv("CREDENTIALS_DIRECTORY");
  EXPECT_EQ(refusal({SecretSource::Kind::credential, "iam-password"}),
            "credential iam-password: $CREDENTIALS_DIRECTORY is not set; the unit needs "
            "LoadCredential=iam-password:PATH");
}

TEST_F(SecretsTest, StayInsideTheCredentialsDirectory) {
  for (const char* name : {"", ".", "..", "../secret", "/etc/passwd"}) {
    EXPECT_THAT(refusal({SecretSource::Kind::credential, name}), HasSubstr("without a directory")) << name;
  }
}

TEST_F(SecretsTest, InAFileNeedAnAbsolutePath) {
  EXPECT_THAT(refusal({SecretSource::Kind::file, "password"}), HasSubstr("has to be absolute"));
}

}  // namespace
}  // namespace dbssd::service
