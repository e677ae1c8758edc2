// What lets a request in. One implementation per method of authentication, each in its own source.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cloud/client.h"
#include "cloud/credential_ledger.h"
#include "cloud/patience.h"
#include "cloud/transport.h"

namespace dbssd::cloud {

/// Thread-safe. Secrets stay inside: in headers of requests, and nowhere else.
class Credentials {
 public:
  virtual ~Credentials() = default;

  /// Which secret a request went out with.
  using Generation = std::uint64_t;
  /// Fetches what authorize() is going to need and what may take long: before a place is waited for, so that
  /// a fetch has all of the call's patience and no call holds a place meanwhile.
  [[nodiscard]] virtual Expected<void> prepare(const Patience&) { return {}; }
  /// Adds the headers that let the request in, as they must be last. May wait for another call that tries the
  /// credential, and may fetch what has ended since prepare(). `project` is empty for calls that belong to
  /// none. Every success is followed by one concluded().
  [[nodiscard]] virtual Expected<Generation> authorize(Request& request, const ProjectId& project,
                                                       const Patience& patience) = 0;

  /// What became of the request. For a refused one, true says that another try has something new to show.
  [[nodiscard]] virtual bool concluded(Generation generation, Outcome outcome,
                                       std::optional<Instant> service_date) = 0;

  /// As CloudApi::token_life.
  [[nodiscard]] virtual std::optional<TokenLife> life() const { return std::nullopt; }

  /// Blots out every secret in a text that came from outside.
  virtual void redact(std::string& text) const = 0;
};

/// Where credentials come from; all of it outlives them.
struct CredentialSources {
  const Clock& clock;
  Transport& transport;
  std::string iam_endpoint;
  std::string region;
  std::optional<ProjectId> project_id;
  NoticeSink notices;
  CredentialLedger& ledger;
};

[[nodiscard]] std::unique_ptr<Credentials> make_credentials(const Credential& credential,
                                                            CredentialSources sources);

/// The parts of make_credentials.
[[nodiscard]] std::unique_ptr<Credentials> make_password_token(PasswordCredential, CredentialSources);
[[nodiscard]] std::unique_ptr<Credentials> make_fixed_token(TokenCredential, CredentialSources);
[[nodiscard]] std::unique_ptr<Credentials> make_key_pair(AkskCredential, const CredentialSources&);
[[nodiscard]] std::unique_ptr<Credentials> make_agency_keys(EcsAgencyCredential, CredentialSources);

/// Adds X-Auth-Token; unauthorized for a token that no gateway takes: empty, over 32 KB, or with characters
/// that are none of a header's.
[[nodiscard]] Expected<void> add_token(Request& request, const Secret& token);

/// Replaces every occurrence of a secret by "***". Secrets of fewer than 4 bytes are left: they occur by
/// chance.
void redact(std::string& text, const Secret& secret);

/// Tells that the credential is refused.
void notify_refusal(const NoticeSink& notices, const std::string& why, const std::string& request_id);

}  // namespace dbssd::cloud
