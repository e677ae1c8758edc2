#include "cloud/key_pair.h"

#include <cstdlib>

namespace dbssd::cloud {
namespace {

/// Five failures in a row lock a key pair. Calls that were under way together fail together, so the limit is
/// lower.
constexpr int kMostRefusals = 3;
/// The gateway allows 15 minutes; closer than this, the host's own clock is good enough.
constexpr std::int64_t kTolerated = 300;

class KeyPair final : public Credentials {
 public:
  KeyPair(AkskCredential credential, const CredentialSources& sources)
      : keys_{std::move(credential.access_key), std::move(credential.secret_key),
              std::move(credential.security_token)},
        desk_(sources) {}

  Expected<Generation> authorize(Request& request, const ProjectId& project) override {
    if (auto done = desk_.sign(request, project, keys_); !done) return fail(done.error());
    return Generation{0};
  }

  bool concluded(Generation, Outcome outcome, std::optional<Instant> service_date) override {
    return desk_.concluded(outcome, service_date);
  }

  void redact(std::string& text) const override {
    cloud::redact(text, keys_.access_key);
    cloud::redact(text, keys_.secret_key);
    if (keys_.security_token) cloud::redact(text, *keys_.security_token);
  }

 private:
  const SigningKeys keys_;
  SigningDesk desk_;
};

}  // namespace

SigningDesk::SigningDesk(const CredentialSources& sources)
    : clock_(sources.clock),
      notices_(sources.notices),
      timeout_(sources.timeout),
      probation_(sources.clock, sources.notices, kMostRefusals) {}

Expected<void> SigningDesk::sign(Request& request, const ProjectId& project, const SigningKeys& keys) {
  const Now now = clock_.now();
  if (auto entered = probation_.enter(now.mono + timeout_); !entered) return fail(entered.error());
  if (!project.empty()) request.headers.emplace_back("X-Project-Id", project.str());
  cloud::sign(request, keys, clock_.now().second() + Seconds{ahead_.load()});
  return {};
}

bool SigningDesk::concluded(Credentials::Outcome outcome, std::optional<Instant> service_date) {
  std::int64_t ahead = ahead_;
  if (service_date && outcome != Credentials::Outcome::unclear) {
    const std::int64_t measured = (*service_date - clock_.now().second()).count();
    ahead = std::abs(measured) > kTolerated ? measured : 0;
  }
  const bool moved = std::abs(ahead - ahead_.exchange(ahead)) > kTolerated;
  std::string why = "the service refuses the access key or its signature";
  if (ahead != 0) {
    why += "; this host's clock is " + format_duration(Seconds{std::abs(ahead)}) +
           (ahead > 0 ? " behind" : " ahead of") + " the service's";
  }
  const bool may_try = probation_.conclude(outcome, why);
  // The same signature would be refused again: only another clock makes another one.
  return may_try && moved;
}

std::unique_ptr<Credentials> make_key_pair(AkskCredential credential, CredentialSources sources) {
  return std::make_unique<KeyPair>(std::move(credential), sources);
}

}  // namespace dbssd::cloud
