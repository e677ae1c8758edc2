#include "cli/ports.h"

#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "base/hash.h"
#include "cli/build.h"
#include "cli/paint.h"
#include "service/secrets.h"
#include "service/signals.h"

namespace dbssd::cli {
namespace {

using service::read_secret;

struct ReadCredential {
  Expected<cloud::Credential> operator()(const policy::PasswordAuth& auth) const {
    return read_secret(auth.password).map([&](Secret password) -> cloud::Credential {
      return cloud::PasswordCredential{auth.domain, auth.user, std::move(password)};
    });
  }

  Expected<cloud::Credential> operator()(const policy::AkskAuth& auth) const {
    auto access_key = read_secret(auth.access_key);
    if (!access_key) return fail(access_key.error());
    auto secret_key = read_secret(auth.secret_key);
    if (!secret_key) return fail(secret_key.error());
    cloud::AkskCredential credential{*std::move(access_key), *std::move(secret_key), {}};
    if (auth.security_token) {
      auto token = read_secret(*auth.security_token);
      if (!token) return fail(token.error());
      credential.security_token = *std::move(token);
    }
    return credential;
  }

  Expected<cloud::Credential> operator()(const policy::TokenAuth& auth) const {
    return read_secret(auth.token).map([](Secret token) -> cloud::Credential {
      return cloud::TokenCredential{std::move(token)};
    });
  }

  Expected<cloud::Credential> operator()(const policy::EcsAgencyAuth&) const {
    return cloud::EcsAgencyCredential{};
  }
};

struct ListSources {
  std::vector<policy::SecretSource> operator()(const policy::PasswordAuth& auth) const {
    return {auth.password};
  }
  std::vector<policy::SecretSource> operator()(const policy::AkskAuth& auth) const {
    std::vector<policy::SecretSource> sources{auth.access_key, auth.secret_key};
    if (auth.security_token) sources.push_back(*auth.security_token);
    return sources;
  }
  std::vector<policy::SecretSource> operator()(const policy::TokenAuth& auth) const { return {auth.token}; }
  std::vector<policy::SecretSource> operator()(const policy::EcsAgencyAuth&) const { return {}; }
};

/// The policy's own word, or else the environment's.
Expected<cloud::ProxyRules> proxy_rules(const policy::Project& project) {
  if (!project.proxy) return cloud::proxy_of([](const char* name) { return ::getenv(name); });
  if (project.proxy->url == "none") return cloud::ProxyRules{};
  auto proxy = cloud::parse_proxy(project.proxy->url);
  if (!proxy) return fail(proxy.error());
  proxy->user = project.proxy->user;
  if (project.proxy->password) {
    auto password = read_secret(*project.proxy->password);
    if (!password) return fail(password.error());
    proxy->password = *std::move(password);
  }
  return cloud::ProxyRules{*std::move(proxy), {}};
}

Error in_project(const policy::Project& project, Error error) {
  error.message = "project " + project.name.str() + ": " + error.message;
  return error;
}

}  // namespace

void prepare_http() {
  service::ignore_broken_pipes();
  cloud::initialize_http();
}

Expected<cloud::ClientConfig> client_config(const policy::Project& project, schedule::ZoneDatabase& zones) {
  auto credential = std::visit(ReadCredential{}, project.auth);
  if (!credential) return fail(in_project(project, credential.error()));
  auto zone = zones.find(project.api_time_zone);
  if (!zone) return fail(in_project(project, zone.error()));
  auto proxy = proxy_rules(project);
  if (!proxy) return fail(in_project(project, proxy.error()));
  return cloud::ClientConfig{
      .region = project.region,
      .project_id = project.project_id,
      .dbss_endpoint = project.dbss_endpoint,
      .iam_endpoint = project.iam_endpoint,
      .ca_file = project.ca_file,
      .proxy = *std::move(proxy),
      .credential = *std::move(credential),
      .requests_per_second = project.limits.requests_per_second,
      .in_flight = project.limits.in_flight,
      .timeout = project.limits.timeout,
      .api_zone = *std::move(zone),
      .path_style = project.path_style,
      .user_agent = std::string("dbssd/").append(build::kVersion),
  };
}

ClientFactory client_factory(schedule::ZoneDatabase& zones) {
  return [&zones, ledger = cloud::make_credential_ledger(), paths = cloud::make_region_paths()](
             const policy::Project& project,
             cloud::NoticeSink notices) -> Expected<std::unique_ptr<cloud::CloudApi>> {
    auto config = client_config(project, zones);
    if (!config) return fail(config.error());
    config->ledger = ledger;
    config->paths = paths;
    return cloud::make_client(*std::move(config), std::move(notices));
  };
}

std::uint64_t secrets_version(const policy::Project& project) {
  std::string versions;
  for (const policy::SecretSource& source : std::visit(ListSources{}, project.auth))
    versions += std::to_string(service::version_of(source)) + ' ';
  if (project.proxy && project.proxy->password)
    versions += std::to_string(service::version_of(*project.proxy->password)) + ' ';
  if (project.ca_file) versions += std::to_string(service::version_of_file(*project.ca_file));
  return stable_hash({versions});
}

telemetry::LogConfig log_config(const policy::Log& log) {
  telemetry::LogConfig config;
  switch (log.format) {
    case policy::Log::Format::text:
      config.format = telemetry::LogConfig::Format::text;
      break;
    case policy::Log::Format::json:
      config.format = telemetry::LogConfig::Format::json;
      break;
    case policy::Log::Format::journald:
      config.format = telemetry::LogConfig::Format::journald;
      break;
  }
  switch (log.level) {
    case policy::Log::Level::debug:
      config.level = telemetry::Level::debug;
      break;
    case policy::Log::Level::info:
      config.level = telemetry::Level::info;
      break;
    case policy::Log::Level::warning:
      config.level = telemetry::Level::warning;
      break;
    case policy::Log::Level::error:
      config.level = telemetry::Level::error;
      break;
  }
  config.file = log.file;
  if (!log.file && shows_colour(STDOUT_FILENO)) config.colour = telemetry::Colour::on;
  return config;
}

}  // namespace dbssd::cli
