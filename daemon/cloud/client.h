// The real CloudApi: HTTP by cpprestsdk, JSON by simdjson, credentials by one of four methods.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "base/secret.h"
#include "cloud/cloud_api.h"
#include "cloud/path_style.h"
#include "cloud/proxy.h"
#include "schedule/zone.h"

namespace dbssd::cloud {

struct PasswordCredential {
  std::string domain;
  std::string user;
  Secret password;
};
struct AkskCredential {
  Secret access_key;
  Secret secret_key;
  std::optional<Secret> security_token;
};
struct TokenCredential {
  Secret token;
};
/// Temporary keys of the host's agency, read from the metadata service.
struct EcsAgencyCredential {
  std::string metadata_endpoint = "http://169.254.169.254";
};
using Credential = std::variant<PasswordCredential, AkskCredential, TokenCredential, EcsAgencyCredential>;

class CredentialLedger;
/// What the clients of one process learn together of credentials that are refused, and of calls that are
/// refused for their number, so that ten projects with one wrong password, or beyond one quota, are one
/// failure, and a reload is no new one. Outlives every client that has it.
[[nodiscard]] std::shared_ptr<CredentialLedger> make_credential_ledger();

class RegionPaths;
/// Likewise of which paths each region has.
[[nodiscard]] std::shared_ptr<RegionPaths> make_region_paths();

struct ClientConfig {
  std::string region;                   ///< the default project's name in IAM
  std::optional<ProjectId> project_id;  ///< absent: found by the region's name on the first call
  std::string dbss_endpoint;            ///< scheme://host[:port]; plain http only to loopback
  std::string iam_endpoint;
  std::optional<std::string> ca_file;
  ProxyRules proxy = {};
  Credential credential;
  int requests_per_second = 10;
  int in_flight = 16;  ///< at most so many calls at once; a further one waits its turn
  Seconds timeout{30};
  schedule::Zone api_zone;                        ///< in which the times of listed reports are read
  std::optional<PathStyle> path_style = {};       ///< absent: found out by listing instances
  std::string user_agent = "dbssd";               ///< what every request says it comes from
  std::shared_ptr<CredentialLedger> ledger = {};  ///< absent: this client learns alone
  std::shared_ptr<RegionPaths> paths = {};        ///< likewise
};

/// Never fails and sends nothing: the first call does. `notices` must stay callable as long as the client
/// lives.
[[nodiscard]] std::unique_ptr<CloudApi> make_client(ClientConfig config, NoticeSink notices);

/// Once, first in main, before any thread: OpenSSL without its exit handlers, the HTTP library's few threads,
/// all of them. Throws std::system_error where the host does not grant these.
void initialize_http();

}  // namespace dbssd::cloud
