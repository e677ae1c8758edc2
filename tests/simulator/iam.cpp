#include "simulator/iam.h"

#include <algorithm>

#include "simulator/chance.h"

namespace dbss_sim {

void Lock::fail(int limit, Span lock_for, Instant now) {
  ++failures_in_all;
  if (++failures < limit) return;
  failures = 0;
  until = now + lock_for;
  ++locked;
}

Iam::Iam(IamSpec spec) : spec_(std::move(spec)) {
  for (const UserSpec& user : spec_.users) users_.push_back({user, {}});
  for (const AccessKeySpec& key : spec_.access_keys) access_keys_.push_back({key, std::nullopt, {}});
}

User* Iam::user(std::string_view name) {
  const auto found =
      std::find_if(users_.begin(), users_.end(), [&](const User& u) { return u.spec.name == name; });
  return found == users_.end() ? nullptr : &*found;
}

AccessKey* Iam::access_key(std::string_view access) {
  const auto found = std::find_if(access_keys_.begin(), access_keys_.end(),
                                  [&](const AccessKey& key) { return key.spec.access == access; });
  return found == access_keys_.end() ? nullptr : &*found;
}

const Token* Iam::token(std::string_view text) const {
  const auto found = tokens_.find(text);
  return found == tokens_.end() ? nullptr : &found->second;
}

const Token& Iam::token_of_another(std::string_view text) {
  const auto found = tokens_.find(text);
  if (found != tokens_.end()) return found->second;
  return tokens_.emplace(text, Token{"", "", Instant::max(), false, true}).first->second;
}

std::string Iam::issue(std::string user, std::string project_id, Instant expires) {
  const std::string number = std::to_string(++tokens_issued_);
  std::string text =
      "MIIF" + number + '-' +
      Chance(tokens_issued_).word(number, "token", std::max<std::size_t>(spec_.token_bytes, 40));
  text.resize(std::max<std::size_t>(spec_.token_bytes, 40));
  tokens_.emplace(text, Token{std::move(user), std::move(project_id), expires});
  return text;
}

std::vector<std::string_view> Iam::tokens() const {
  std::vector<std::string_view> all;
  for (const auto& [text, token] : tokens_) all.push_back(text);
  return all;
}

void Iam::revoke(std::string_view text) {
  if (const auto found = tokens_.find(text); found != tokens_.end()) found->second.revoked = true;
}

void Iam::revoke_all() {
  for (auto& [text, token] : tokens_) token.revoked = true;
}

const AccessKey& Iam::agency_key(const Clock& clock, Instant now) {
  const Span life = clock.span(spec_.agency_ttl);
  if (agency_key_ && *access_keys_[*agency_key_].expires - now > life / 10) return access_keys_[*agency_key_];
  const Chance secret(++secrets_made_);
  AccessKey key;
  key.spec = {"HST" + secret.word("agency", "access", 17), secret.word("agency", "secret", 40),
              secret.word("agency", "token", 200)};
  key.expires = now + life;
  agency_key_ = access_keys_.size();
  access_keys_.push_back(std::move(key));
  return access_keys_.back();
}

std::string Iam::issue_metadata_token(Instant expires) {
  std::string text = Chance(++secrets_made_).word("metadata", "token", 56);
  metadata_tokens_.emplace(text, expires);
  return text;
}

bool Iam::metadata_token_valid(std::string_view text, Instant now) const {
  const auto found = metadata_tokens_.find(text);
  return found != metadata_tokens_.end() && now < found->second;
}

}  // namespace dbss_sim
