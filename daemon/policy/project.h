// One project of the cloud: where it is, how to be let in, how hard it may be asked.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "base/id.h"
#include "base/time.h"
#include "cloud/path_style.h"

namespace dbssd::policy {

/// Where a secret is found; never the secret itself.
struct SecretSource {
  enum class Kind { credential, file, env };
  Kind kind = Kind::credential;
  std::string name;  ///< a name in $CREDENTIALS_DIRECTORY, an absolute path, or an environment variable
  bool operator==(const SecretSource&) const = default;
};

struct PasswordAuth {
  std::string domain;
  std::string user;
  SecretSource password;
  bool operator==(const PasswordAuth&) const = default;
};
struct AkskAuth {
  SecretSource access_key;
  SecretSource secret_key;
  std::optional<SecretSource> security_token;
  bool operator==(const AkskAuth&) const = default;
};
struct TokenAuth {
  SecretSource token;
  bool operator==(const TokenAuth&) const = default;
};
struct EcsAgencyAuth {
  bool operator==(const EcsAgencyAuth&) const = default;
};
using Auth = std::variant<PasswordAuth, AkskAuth, TokenAuth, EcsAgencyAuth>;

struct Limits {
  int requests_per_second = 10;
  int in_flight = 16;
  Seconds timeout{30};  ///< for one call, from first byte to last
  bool operator==(const Limits&) const = default;
};

/// The way to the services of a project.
struct Proxy {
  std::string url;   ///< http://host[:port]; "none" for none, whatever the environment says
  std::string user;  ///< empty: nobody is named
  std::optional<SecretSource> password;  ///< given where there is a user
  bool operator==(const Proxy&) const = default;
};

struct Project {
  ProjectName name;
  std::string region;
  std::optional<ProjectId> project_id;  ///< absent: asked of IAM by the region's name
  std::string dbss_endpoint;  ///< scheme://host[:port], no trailing slash; from the region where not given
  std::string iam_endpoint;
  std::optional<cloud::PathStyle> path_style;  ///< absent: found out
  std::optional<std::string> ca_file;          ///< PEM; trusted beside the system's own
  std::optional<Proxy> proxy;                  ///< absent: as HTTPS_PROXY and NO_PROXY say
  Auth auth;
  Limits limits;
  std::string api_time_zone = "UTC";  ///< zone of start_time and end_time on the wire
  bool operator==(const Project&) const = default;
};

}  // namespace dbssd::policy
