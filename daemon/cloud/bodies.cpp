#include "cloud/bodies.h"

#include <nlohmann/json.hpp>

namespace dbssd::cloud {
namespace {

using Json = nlohmann::ordered_json;

/// Never throws: what is not UTF-8 becomes U+FFFD.
std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

std::string start_body(const InstanceId& id) { return dump({{"instance_id", id.str()}}); }

std::string create_report_body(const CreateReport& request) {
  Json body = {{"template_id", request.template_id.str()},
               {"start_time", request.begin_words},
               {"end_time", request.end_words}};
  if (!request.databases.empty()) {
    std::string ids;
    for (const std::string& id : request.databases) ids += (ids.empty() ? "" : ",") + id;
    body["db_ids"] = ids;
  }
  return dump(body);
}

std::string report_page_body(std::int64_t page, std::int64_t size) {
  return dump({{"page", page}, {"size", size}});
}

std::string token_body(const PasswordCredential& credential, const std::optional<ProjectId>& project,
                       const std::string& region) {
  const Json user = {{"name", credential.user},
                     {"password", std::string(credential.password.reveal())},
                     {"domain", {{"name", credential.domain}}}};
  // A name is unique in its domain only; an IAM that has many domains asks for it.
  const Json scope = project ? Json{{"id", project->str()}}
                             : Json{{"name", region}, {"domain", {{"name", credential.domain}}}};
  return dump({{"auth",
                {{"identity", {{"methods", Json::array({"password"})}, {"password", {{"user", user}}}}},
                 {"scope", {{"project", scope}}}}}});
}

}  // namespace dbssd::cloud
