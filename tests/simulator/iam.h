#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/clock.h"
#include "simulator/fleet.h"
#include "simulator/text_map.h"

namespace dbss_sim {

// Consecutive failures that end in a lock for a while.
struct Lock {
  int failures = 0;
  Instant until{};
  std::uint64_t locked = 0;  // how often it came to that
  std::uint64_t failures_in_all = 0;
  std::uint64_t refused_while_locked = 0;

  bool holds(Instant now) const { return now < until; }
  void fail(int limit, Span lock_for, Instant now);
  void succeed() { failures = 0; }
};

struct User {
  UserSpec spec;
  Lock lock;
};

struct AccessKey {
  AccessKeySpec spec;
  std::optional<Instant> expires;  // of a temporary one
  Lock lock;
};

struct Token {
  std::string user;
  std::string project_id;  // empty: of the domain
  Instant expires;
  bool revoked = false;
  bool foreign = false;  // another IAM issued it
};

// Who may ask: users, their tokens, access keys. Knows nothing of HTTP.
class Iam {
 public:
  Iam() = default;
  explicit Iam(IamSpec spec);

  const IamSpec& spec() const { return spec_; }
  User* user(std::string_view name);
  AccessKey* access_key(std::string_view access);
  const Token* token(std::string_view text) const;
  // The same, and takes one that is unknown for another IAM's, good until it is revoked.
  const Token& token_of_another(std::string_view text);
  // The text of a new token, of IamSpec::token_bytes.
  std::string issue(std::string user, std::string project_id, Instant expires);
  void revoke(std::string_view text);
  void revoke_all();
  // The credential that the metadata service hands out: a new one where the last is within its last tenth.
  const AccessKey& agency_key(const Clock& clock, Instant now);
  std::string issue_metadata_token(Instant expires);
  bool metadata_token_valid(std::string_view text, Instant now) const;

  // The texts of all that it knows, those of another IAM included.
  std::vector<std::string_view> tokens() const;
  const std::vector<User>& users() const { return users_; }
  const std::vector<AccessKey>& access_keys() const { return access_keys_; }
  std::uint64_t tokens_issued() const { return tokens_issued_; }

 private:
  IamSpec spec_;
  std::vector<User> users_;
  std::vector<AccessKey> access_keys_;
  TextMap<Token> tokens_;
  TextMap<Instant> metadata_tokens_;
  std::optional<std::size_t> agency_key_;  // in access_keys_
  std::uint64_t tokens_issued_ = 0, secrets_made_ = 0;
};

}  // namespace dbss_sim
