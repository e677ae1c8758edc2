// The policies that the tests put into a directory of their own.
#pragma once

#include <cstdlib>
#include <string>

#include "fakes/temp_directory.h"

namespace dbssd::cli {

/// A valid policy of one project, which nothing answers for; `more` is appended.
inline std::string policy_text(const fakes::TempDirectory& directory, const std::string& more = {}) {
  setenv("DBSSD_TEST_TOKEN", "token-that-nobody-takes", 1);
  return R"(version: 1
projects:
  - name: prod
    region: ap-southeast-3
    project_id: 5f1c0f4f4b5e4d0f9d2f7f2f8a1b2c3d
    endpoints: {dbss: "http://127.0.0.1:9", iam: "http://127.0.0.1:9"}
    auth: {method: token, token: {env: DBSSD_TEST_TOKEN}}
state: {path: )" +
         directory.file("state.db") + "}\n" + more;
}

}  // namespace dbssd::cli
