#include <algorithm>
#include <nlohmann/json.hpp>

#include "simulator/calendar.h"
#include "simulator/calls.h"
#include "simulator/json_writer.h"

namespace dbss_sim {
namespace {

using nlohmann::json;

constexpr std::int64_t kLongestMetadataTtl = 21600;

struct PasswordLogin {
  std::string user, password, domain;
  std::string project_id, project_name;  // one of them, or neither for the domain's scope
  std::string project_domain;            // beside the name, if anything
};

bool only_keys(const json& object, std::initializer_list<std::string_view> keys) {
  if (!object.is_object()) return false;
  for (const auto& [key, value] : object.items()) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) return false;
  }
  return true;
}

const json* member(const json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

// Reads {"name": …} with nothing else in it.
bool read_name(const json* object, const char* key, std::string& into) {
  if (object == nullptr || !only_keys(*object, {key}) || !object->contains(key) ||
      !(*object)[key].is_string()) {
    return false;
  }
  into = (*object)[key].get<std::string>();
  return !into.empty();
}

// {"id": …}, {"name": …}, or a name with its domain.
bool read_project(const json* project, PasswordLogin& login) {
  if (read_name(project, "id", login.project_id) || read_name(project, "name", login.project_name))
    return true;
  if (project == nullptr || !only_keys(*project, {"name", "domain"})) return false;
  json name = *project;
  name.erase("domain");
  return read_name(member(*project, "domain"), "name", login.project_domain) &&
         read_name(&name, "name", login.project_name);
}

std::optional<PasswordLogin> read_login(const json& body) {
  if (!only_keys(body, {"auth"}) || !body.contains("auth")) return std::nullopt;
  const json& auth = body["auth"];
  if (!only_keys(auth, {"identity", "scope"}) || !auth.contains("identity")) return std::nullopt;
  const json& identity = auth["identity"];
  if (!only_keys(identity, {"methods", "password"}) ||
      identity.value("methods", json()) != json::array({"password"}) || !identity.contains("password") ||
      !only_keys(identity["password"], {"user"}) || !identity["password"].contains("user")) {
    return std::nullopt;
  }
  const json& user = identity["password"]["user"];
  PasswordLogin login;
  if (!only_keys(user, {"name", "password", "domain"}) || !user.contains("name") ||
      !user.contains("password") || !user["name"].is_string() || !user["password"].is_string() ||
      !read_name(member(user, "domain"), "name", login.domain)) {
    return std::nullopt;
  }
  login.user = user["name"].get<std::string>();
  login.password = user["password"].get<std::string>();
  const json* scope = member(auth, "scope");
  if (scope == nullptr) return login;
  if (only_keys(*scope, {"project"}) && read_project(member(*scope, "project"), login)) return login;
  std::string domain;
  if (only_keys(*scope, {"domain"}) && read_name(member(*scope, "domain"), "name", domain)) return login;
  return std::nullopt;
}

const Project* find_scope(const World& world, const PasswordLogin& login) {
  if (!login.project_domain.empty() && login.project_domain != world.iam.spec().domain) return nullptr;
  const auto found = std::find_if(world.projects.begin(), world.projects.end(), [&](const Project& project) {
    return login.project_name.empty() ? project.id == login.project_id : project.name == login.project_name;
  });
  return found == world.projects.end() ? nullptr : &*found;
}

void write_domain(JsonWriter& out, const World& world) {
  out.key("domain").open();
  out.field("id", world.chance.hex(world.iam.spec().domain, "domain", 32))
      .field("name", world.iam.spec().domain);
  out.close();
}

std::string token_body(const CallContext& context, const User& user, const Project* scope, Instant expires) {
  JsonWriter out;
  out.open().key("token").open().field("expires_at", iso_micros_text(expires));
  out.field("issued_at", iso_micros_text(context.now)).key("methods").raw(R"(["password"])");
  if (context.query.find("nocatalog") == nullptr) out.key("catalog").raw("[]");
  if (scope != nullptr) {
    out.key("project").open().field("id", scope->id).field("name", scope->name);
    write_domain(out, context.world);
    out.close();
  }
  out.key("roles").raw(R"([{"id":"0","name":"te_admin"}])").key("user").open();
  out.field("id", context.world.chance.hex(user.spec.name, "user", 32)).field("name", user.spec.name);
  out.field("password_expires_at", "");
  write_domain(out, context.world);
  out.close().close().close();
  return out.take();
}

}  // namespace

Answer issue_token(const CallContext& context) {
  World& world = context.world;
  const std::string* nocatalog = context.query.find("nocatalog");
  if (!context.query.only({"nocatalog"}) ||
      (nocatalog != nullptr && *nocatalog != "true" && *nocatalog != "false")) {
    return iam_error(400, "The query parameters are incorrect.");
  }
  const auto login = context.request.has_json_body() ? read_login(context.body) : std::nullopt;
  if (!login) return iam_error(400, "The request body is invalid.");

  const IamSpec& spec = world.iam.spec();
  User* user = world.iam.user(login->user);
  if (user == nullptr || login->domain != spec.domain) {
    return iam_error(401, "The username or password is wrong.");
  }
  if (user->lock.holds(context.now)) {
    ++user->lock.refused_while_locked;
    return iam_error(401, "The account is locked. Try again later.");
  }
  if (login->password != user->spec.password) {
    user->lock.fail(spec.lock_after, world.clock.span(spec.user_lock_seconds), context.now);
    return iam_error(401, "The username or password is wrong.");
  }
  user->lock.succeed();

  const bool scoped = !login->project_id.empty() || !login->project_name.empty();
  const Project* scope = scoped ? find_scope(world, *login) : nullptr;
  const auto& allowed = user->spec.projects;
  if (scoped && scope == nullptr) return iam_error(401, "The project of the scope could not be found.");
  if (scope != nullptr && !allowed.empty() &&
      std::find(allowed.begin(), allowed.end(), scope->id) == allowed.end()) {
    return iam_error(403, "The user has no permission for the project of the scope.");
  }
  const Instant expires = context.now + world.clock.span(spec.token_ttl);
  Answer answer{201, token_body(context, *user, scope, expires)};
  answer.headers.emplace_back("X-Subject-Token",
                              world.iam.issue(user->spec.name, scope == nullptr ? "" : scope->id, expires));
  return answer;
}

Answer find_projects(const CallContext& context) {
  World& world = context.world;
  if (authenticate(world, context.request, context.now).refused) {
    return iam_error(401, "The request you have made requires authentication.");
  }
  if (!context.query.only({"name"})) return iam_error(400, "The query parameters are incorrect.");
  const std::string* name = context.query.find("name");
  JsonWriter out;
  out.open().key("projects").open('[');
  for (const Project& project : world.projects) {
    if (name != nullptr && project.name != *name) continue;
    out.open().field("id", project.id).field("name", project.name).field("enabled", true);
    out.field("is_domain", false).field("description", "");
    out.field("domain_id", world.chance.hex(world.iam.spec().domain, "domain", 32)).close();
  }
  out.close(']').key("links").raw(R"({"next":null,"previous":null,"self":"/v3/projects"})").close();
  return {200, out.take()};
}

Answer metadata_token(const CallContext& context) {
  World& world = context.world;
  const std::string& mode = world.iam.spec().metadata;
  if (mode == "off") return {503, "", "text/plain"};
  if (mode == "v1") return {405, "", "text/plain"};
  const auto ttl = whole_number(context.request.header("X-Metadata-Token-Ttl-Seconds").value_or(""));
  if (!ttl || *ttl < 1 || *ttl > kLongestMetadataTtl) return {400, "", "text/plain"};
  const Instant expires = context.now + world.clock.span(static_cast<double>(*ttl));
  return {200, world.iam.issue_metadata_token(expires), "text/plain"};
}

Answer security_key(const CallContext& context) {
  World& world = context.world;
  const std::string& mode = world.iam.spec().metadata;
  if (mode == "off") return {503, "", "text/plain"};
  const auto token = context.request.header("X-Metadata-Token");
  if (mode == "v2" && !world.iam.metadata_token_valid(token.value_or(""), context.now)) {
    return {401, "", "text/plain"};
  }
  const AccessKey& key = world.iam.agency_key(world.clock, context.now);
  JsonWriter out;
  out.open().key("credential").open().field("access", key.spec.access).field("secret", key.spec.secret);
  out.field("securitytoken", key.spec.security_token).field("expires_at", iso_micros_text(*key.expires));
  out.close().close();
  return {200, out.take()};
}

}  // namespace dbss_sim
