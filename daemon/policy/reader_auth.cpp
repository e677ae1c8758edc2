#include <utility>

#include "policy/sections.h"

namespace dbssd::policy {
namespace {

// None of these echoes the text: what stands there by mistake may be the secret itself.
Flawed credential_name(std::string_view text) {
  if (rule_name(text)) return "must be the name of a systemd credential, as in LoadCredential=";
  return std::nullopt;
}

Flawed variable_name(std::string_view text) {
  const bool starts_well = !text.empty() && (text.front() < '0' || text.front() > '9');
  if (!starts_well || rule_name('x' + std::string(text)) ||
      text.find_first_of("-.") != std::string_view::npos) {
    return "must be the name of an environment variable";
  }
  return std::nullopt;
}

Form form_of(SecretSource::Kind kind) {
  switch (kind) {
    case SecretSource::Kind::credential:
      return credential_name;
    case SecretSource::Kind::file:
      return absolute_path;
    case SecretSource::Kind::env:
      return variable_name;
  }
  return any_text;
}

}  // namespace

bool read_secret(const Value& value, SecretSource& secret) {
  if (value.is_scalar()) {
    value.error(
        "secrets are never written into the policy: give {credential: NAME}, {file: PATH} or {env: NAME}");
    return false;
  }
  bool read_well = false;
  value.map([&](Fields& keys) {
    keys.conceal();
    const auto source = keys.one_of(kSecretSources);
    if (!source) return;
    secret.kind = source->first;
    if (!source->second.text(secret.name, form_of(secret.kind))) return;
    read_well = true;
    const auto& read = value.reading().context().secrets;
    if (!read) return;
    if (const auto content = read(secret); !content) source->second.error(content.error().message);
  });
  return read_well;
}

void read_auth(const Value& value, Auth& auth) {
  value.map([&](Fields& keys) {
    AuthMethod method{};
    const bool known = keys.required("method").choice(method, kAuthMethods);
    enum class Need { required, optional };
    const auto part = [&](std::string_view key, AuthMethod owner, Need need = Need::required) {
      const Value found = keys(key);
      if (known && owner == method && need == Need::required && !found.given() && value.given()) {
        keys.missing(key, "is required by this method");
      } else if (known && owner != method && found.given()) {
        found.error("is not used by this method: remove it");
      }
      return found;
    };
    PasswordAuth password;
    part("domain", AuthMethod::password).text(password.domain);
    part("user", AuthMethod::password).text(password.user);
    read_secret(part("password", AuthMethod::password), password.password);
    AkskAuth aksk;
    read_secret(part("access_key", AuthMethod::aksk), aksk.access_key);
    read_secret(part("secret_key", AuthMethod::aksk), aksk.secret_key);
    SecretSource security_token;
    const Value temporary = part("security_token", AuthMethod::aksk, Need::optional);
    read_secret(temporary, security_token);
    if (temporary.given()) aksk.security_token = security_token;
    TokenAuth token;
    read_secret(part("token", AuthMethod::token), token.token);
    switch (method) {
      case AuthMethod::password:
        auth = std::move(password);
        break;
      case AuthMethod::aksk:
        auth = std::move(aksk);
        break;
      case AuthMethod::ecs_agency:
        auth = EcsAgencyAuth{};
        break;
      case AuthMethod::token:
        auth = std::move(token);
        break;
    }
  });
}

}  // namespace dbssd::policy
