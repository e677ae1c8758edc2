#include "cloud/key_pair.h"

namespace dbssd::cloud {
namespace {

/// Five failures in a row lock a key pair for five minutes. Calls that were under way together fail
/// together, so the limit is lower, and the hold longer.
constexpr Probation::Terms kKeyTerms{.most_refusals = 3, .first_hold = Seconds{360}};
class KeyPair final : public Credentials {
 public:
  KeyPair(AkskCredential credential, const CredentialSources& sources)
      : keys_{std::move(credential.access_key), std::move(credential.secret_key),
              std::move(credential.security_token)},
        desk_(sources, sources.ledger.probation(
                           {"aksk", keys_.access_key.reveal(), keys_.secret_key.reveal()}, kKeyTerms)) {}

  Expected<Generation> authorize(Request& request, const ProjectId& project,
                                 const Patience& patience) override {
    if (auto done = desk_.sign(request, project, keys_, patience); !done) return fail(done.error());
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

SigningDesk::SigningDesk(const CredentialSources& sources, std::shared_ptr<Probation> probation)
    : clock_(sources.clock),
      notices_(sources.notices),
      probation_(std::move(probation)),
      ledger_(sources.ledger),
      jumps_seen_(ledger_.clock_jumps(clock_.now())) {}

Expected<void> SigningDesk::sign(Request& request, const ProjectId& project, const SigningKeys& keys,
                                 const Patience& patience) {
  if (const std::uint64_t jumps = ledger_.clock_jumps(clock_.now()); jumps != jumps_seen_) {
    probation_->doubt();
    jumps_seen_ = jumps;
  }
  if (auto entered = probation_->enter(patience); !entered) return fail(entered.error());
  try {
    if (!project.empty()) request.headers.emplace_back("X-Project-Id", project.str());
    cloud::sign(request, keys, clock_.now().second() + ledger_.service_ahead());
  } catch (...) {
    static_cast<void>(probation_->conclude(Outcome::unclear));  // others wait for the end of its trial
    throw;
  }
  return {};
}

bool SigningDesk::concluded(Outcome outcome, std::optional<Instant> service_date) {
  const bool corrected =
      service_date && outcome != Outcome::unclear && ledger_.note_service_date(*service_date);
  const Seconds hold = probation_->conclude(outcome);
  if (hold > Seconds{0}) {
    std::string why = "the access key or its signature is refused";
    if (const Seconds ahead = ledger_.service_ahead(); ahead != Seconds{0})
      why += "; " + describe_clock(ahead);
    notify_refusal(notices_, why, {});
  }
  // The same signature would be refused again: only another clock makes another one.
  return outcome == Outcome::refused && hold == Seconds{0} && corrected;
}

std::unique_ptr<Credentials> make_key_pair(AkskCredential credential, const CredentialSources& sources) {
  return std::make_unique<KeyPair>(std::move(credential), sources);
}

}  // namespace dbssd::cloud
