#include "cloud/credentials.h"

#include <algorithm>

namespace dbssd::cloud {

Expected<void> add_token(Request& request, const Secret& token) {
  constexpr std::size_t kMost = 32 * 1024;  // the gateway refuses larger headers
  const std::string_view text = token.reveal();
  const auto refuse = [](const char* why) {
    return fail(ErrorKind::unauthorized, std::string("the token ") + why);
  };
  if (text.empty()) return refuse("is empty");
  if (text.size() > kMost) return refuse("is larger than 32 KB, which no gateway takes");
  if (!std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; }))
    return refuse("has a character that no token has");
  request.headers.emplace_back("X-Auth-Token", text);
  return {};
}

void redact(std::string& text, const Secret& secret) {
  const std::string_view hidden = secret.reveal();
  if (hidden.size() < 4) return;
  for (std::size_t at = 0; (at = text.find(hidden, at)) != std::string::npos; at += 3)
    text.replace(at, hidden.size(), "***");
}

void notify_refusal(const NoticeSink& notices, const std::string& why, const std::string& request_id) {
  if (notices) notices({Notice::Kind::auth_failed, why, request_id});
}

std::unique_ptr<Credentials> make_credentials(const Credential& credential, CredentialSources sources) {
  struct Make {
    CredentialSources& sources;
    auto operator()(const PasswordCredential& c) { return make_password_token(c, std::move(sources)); }
    auto operator()(const TokenCredential& c) { return make_fixed_token(c, std::move(sources)); }
    auto operator()(const AkskCredential& c) { return make_key_pair(c, sources); }
    auto operator()(const EcsAgencyCredential& c) { return make_agency_keys(c, std::move(sources)); }
  };
  return std::visit(Make{sources}, credential);
}

}  // namespace dbssd::cloud
