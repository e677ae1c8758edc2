// A token that somebody else obtained: nothing here can renew it.
#include "cloud/credentials.h"
#include "cloud/probation.h"

namespace dbssd::cloud {
namespace {

constexpr Seconds kHold{120};

class FixedToken final : public Credentials {
 public:
  FixedToken(TokenCredential credential, CredentialSources sources)
      : token_(std::move(credential.token)),
        sources_(std::move(sources)),
        probation_(sources_.ledger.probation({"token", token_.reveal()},
                                             {.most_refusals = 1, .first_hold = kHold})) {}

  Expected<Generation> authorize(Request& request, const ProjectId&, const Patience& patience) override {
    if (auto added = add_token(request, token_); !added) return fail(added.error());
    if (auto entered = probation_->enter(patience); !entered) return fail(entered.error());
    return Generation{0};
  }

  bool concluded(Generation, Outcome outcome, std::optional<Instant>) override {
    const Seconds hold = probation_->conclude(outcome);
    if (hold > Seconds{0})
      notify_refusal(sources_.notices, "the token is refused: it ended, or never was one", {});
    return false;
  }

  void redact(std::string& text) const override { cloud::redact(text, token_); }

 private:
  const Secret token_;
  const CredentialSources sources_;
  const std::shared_ptr<Probation> probation_;
};

}  // namespace

std::unique_ptr<Credentials> make_fixed_token(TokenCredential credential, CredentialSources sources) {
  return std::make_unique<FixedToken>(std::move(credential), std::move(sources));
}

}  // namespace dbssd::cloud
