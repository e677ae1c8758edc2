// A directory that goes with its owner, and the policies that the tests put there.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace dbssd::cli {

class Scratch {
 public:
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "dbssd-cli-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  [[nodiscard]] std::string path(const std::string& name) const { return (path_ / name).string(); }
  /// Returns the path.
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }

 private:
  std::filesystem::path path_;
};

/// A valid policy of one project, which nothing answers for; `more` is appended.
inline std::string policy_text(const Scratch& scratch, const std::string& more = {}) {
  setenv("DBSSD_TEST_TOKEN", "token-that-nobody-takes", 1);
  return R"(version: 1
projects:
  - name: prod
    region: ap-southeast-3
    project_id: 5f1c0f4f4b5e4d0f9d2f7f2f8a1b2c3d
    endpoints: {dbss: "http://127.0.0.1:9", iam: "http://127.0.0.1:9"}
    auth: {method: token, token: {env: DBSSD_TEST_TOKEN}}
state: {path: )" +
         scratch.path("state.db") + "}\n" + more;
}

}  // namespace dbssd::cli
