#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "base/errno_text.h"
#include "policy/sections.h"

namespace dbssd::policy {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxProjects = 1000;

void read_endpoint(const Value& value, std::string& into) {
  if (value.text(into, endpoint) && into.ends_with('/')) into.pop_back();
}

void read_ca_file(const Value& value, std::optional<std::string>& into) {
  std::string path;
  if (!value.text(path, absolute_path)) return;
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    value.error("cannot be read: " + errno_text(errno));
  } else if (!S_ISREG(info.st_mode)) {
    value.error("must be a file of PEM certificates");
  }
  into = std::move(path);
}

void read_proxy(const Value& value, std::optional<Proxy>& into) {
  Proxy proxy;
  const bool is_map = value.map([&](Fields& keys) {
    const Value url = keys.required("url");
    if (url.text(proxy.url, proxy_url) && proxy.url.ends_with('/')) proxy.url.pop_back();
    const Value user = keys("user");
    const Value password = keys("password");
    if (user.text(proxy.user) && proxy.user.find(':') != std::string::npos)
      user.error("must not hold a colon: it would end there");
    if (SecretSource source; read_secret(password, source)) proxy.password = source;
    if (user.given() != password.given())
      keys.missing(user.given() ? "password" : "user", "is required beside the other of the two");
    if (user.given() && proxy.url == "none") user.error("is not used without a proxy: remove it");
  });
  if (is_map) into = std::move(proxy);
}

void read_limits(const Value& value, Limits& limits) {
  value.map([&](Fields& keys) {
    keys("requests_per_second").integer(limits.requests_per_second, {1, 1000});
    keys("in_flight").integer(limits.in_flight, {1, 256});
    keys("timeout").duration(limits.timeout, {1s, 5min});
  });
}

void read_region(const Value& value, Project& project) {
  if (!value.text(project.region, region_name)) return;
  const auto known = known_regions();
  if (std::ranges::find(known, project.region) == known.end()) {
    value.warning(Lint::unknown_region,
                  "is no region that dbssd knows" + did_you_mean(project.region, known));
  }
  const std::string rest = "." + project.region + "." + std::string(domain_of(project.region));
  project.dbss_endpoint = "https://dbss" + rest;
  project.iam_endpoint = "https://iam" + rest;
}

}  // namespace

void read_projects(const Value& value, std::vector<Project>& projects) {
  Unique names;
  Unique ids;
  value.list([&](const Value& item) {
    Project project;
    item.map([&](Fields& keys) {
      const Value name = keys.required("name");
      std::string text;
      if (name.text(text, rule_name)) names.claim(name, text);
      project.name = ProjectName(std::move(text));
      read_region(keys.required("region"), project);
      const Value id = keys("project_id");
      if (id.text(text, project_id)) {
        ids.claim(id, text);
        project.project_id = ProjectId(std::move(text));
      }
      keys("endpoints").map([&](Fields& endpoints) {
        read_endpoint(endpoints("dbss"), project.dbss_endpoint);
        read_endpoint(endpoints("iam"), project.iam_endpoint);
        endpoints("style").choice(project.path_style, kPathStyles);
      });
      keys("tls").map([&](Fields& tls) { read_ca_file(tls.required("ca_file"), project.ca_file); });
      read_proxy(keys("proxy"), project.proxy);
      read_auth(keys.required("auth"), project.auth);
      read_limits(keys("limits"), project.limits);
      keys("api_time_zone").zone(project.api_time_zone);
    });
    projects.push_back(std::move(project));
  });
  if (value.given() && projects.empty()) value.error("must have at least one project");
  if (projects.size() > kMaxProjects)
    value.error("must have at most " + std::to_string(kMaxProjects) + " projects");
}

}  // namespace dbssd::policy
