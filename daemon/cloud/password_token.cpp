// Tokens of IAM for a user's password.
#include <algorithm>

#include "cloud/answer.h"
#include "cloud/bodies.h"
#include "cloud/credentials.h"
#include "cloud/decode.h"
#include "cloud/renewal.h"

namespace dbssd::cloud {
namespace {

/// A token is good for a day; one whose end IAM does not tell is trusted for an hour.
constexpr Seconds kUntold{3600};
constexpr Seconds kLongest{24 * 3600};
constexpr Seconds kRetry{5};  ///< after an IAM that could not be asked
/// Accounts are locked after a few bad passwords, and one that was changed fails for every project at once.
constexpr Probation::Terms kPasswordTerms{.most_refusals = 1, .first_hold = Seconds{120}, .ever_alone = true};

/// IAM says of all of these no more than that the password is wrong.
constexpr std::string_view kOtherAccounts =
    "; where it is right: a HUAWEI ID, a federated user and a user with login protection (MFA) get no "
    "token by password: use an IAM user with programmatic access and without login protection, or "
    "auth.method: aksk";

bool is_refusal(ErrorKind kind) {
  return kind == ErrorKind::unauthorized || kind == ErrorKind::rejected || kind == ErrorKind::not_found;
}

class PasswordToken final : public Credentials {
 public:
  PasswordToken(PasswordCredential credential, CredentialSources sources)
      : credential_(std::move(credential)),
        sources_(std::move(sources)),
        probation_(sources_.ledger.probation({"password", sources_.iam_endpoint, credential_.domain,
                                              credential_.user, credential_.password.reveal()},
                                             kPasswordTerms)),
        tokens_(
            sources_.clock, [this](const Patience& patience) { return fetch(patience); },
            [this](const Error& error, int failures) { return pause(error, failures); }) {}

  Expected<void> prepare(const Patience& patience) override {
    const auto token = tokens_.get(patience);
    if (!token) return fail(token.error());
    return {};
  }

  Expected<Generation> authorize(Request& request, const ProjectId&, const Patience& patience) override {
    const auto token = tokens_.get(patience);
    if (!token) return fail(token.error());
    if (auto added = add_token(request, token->value); !added) return fail(added.error());
    return token->generation;
  }

  bool concluded(Generation generation, Outcome outcome, std::optional<Instant>) override {
    if (outcome != Outcome::refused) return false;
    if (tokens_.discard(generation)) return true;
    notify_refusal(sources_.notices, "the service refuses tokens that IAM has just issued", {});
    return false;
  }

  std::optional<TokenLife> life() const override { return tokens_.life(); }

  void redact(std::string& text) const override {
    cloud::redact(text, credential_.password);
    if (const auto token = tokens_.peek()) cloud::redact(text, *token);
  }

 private:
  using Tokens = Renewal<Secret>;

  Expected<Tokens::Fresh> fetch(const Patience& patience) const;
  Error refusal(const Response& response, Seconds hold) const;
  Seconds pause(const Error& error, int failures) const;

  const PasswordCredential credential_;
  const CredentialSources sources_;
  const std::shared_ptr<Probation> probation_;
  Tokens tokens_;
};

Expected<PasswordToken::Tokens::Fresh> PasswordToken::fetch(const Patience& patience) const {
  Request request;
  request.method = Method::post;
  request.effect = Effect::mutation;  // a bad password sent twice counts twice towards the account's lock
  request.origin = sources_.iam_endpoint;
  request.path = {"v3", "auth", "tokens"};
  request.query = {{"nocatalog", "true"}};
  request.body = token_body(credential_, sources_.project_id, sources_.region);
  request.deadline = patience.deadline;
  request.max_bytes = 1 << 20;
  if (auto entered = probation_->enter(patience); !entered) return fail(entered.error());
  const Expected<Response> response = send_and_return(sources_.transport, request);
  const bool issued = response && (response->status == 201 || response->status == 200);
  // Other refusals than a 401 are about the project or the user's rights, and harm no other project of the
  // same user.
  const Seconds hold = probation_->conclude(issued                                ? Outcome::admitted
                                            : response && response->status == 401 ? Outcome::refused
                                                                                  : Outcome::unclear);
  if (!response) {
    Error error = response.error();
    error.kind = ErrorKind::not_sent;  // whatever IAM did, the call that needs the token was not sent
    error.message = "no token from IAM: " + error.message;
    return fail(std::move(error));
  }
  if (!issued) return fail(refusal(*response, hold));
  Request probe;
  if (auto usable = add_token(probe, response->subject_token); !usable) {
    Error error = usable.error();
    error.message = "IAM's answer: " + error.message;
    error.request_id = response->request_id;
    return fail(std::move(error));
  }
  // Counted by IAM's own clock, and from then on by the monotonic one: this host's wall clock may be wrong.
  const Now now = sources_.clock.now();
  const auto expiry = decode_token_expiry(response->body);
  const Seconds life = expiry ? std::clamp<Seconds>(*expiry - service_now(*response).value_or(now.second()),
                                                    Seconds{1}, kLongest)
                              : kUntold;
  const Seconds ahead = std::min<Seconds>(life / 5, Seconds{600});
  if (sources_.notices) {
    sources_.notices(
        {Notice::Kind::token_renewed, "a token for " + format_duration(life), response->request_id});
  }
  return Tokens::Fresh{response->subject_token, now.mono + life - ahead, now.mono + life};
}

Error PasswordToken::refusal(const Response& response, Seconds hold) const {
  Error error = error_of(response, Effect::mutation);
  cloud::redact(error.message, credential_.password);
  error.message = "IAM gives no token: " + error.message;
  if (response.status == 401) error.message += kOtherAccounts;
  if (is_refusal(error.kind)) {
    error.kind = ErrorKind::unauthorized;
  } else if (error.kind != ErrorKind::throttled) {
    error.kind = ErrorKind::not_sent;
  }
  if (hold > Seconds{0}) {
    error.retry_after = hold;
    notify_refusal(sources_.notices, error.message, error.request_id);
  }
  return error;
}

Seconds PasswordToken::pause(const Error& error, int failures) const {
  if (error.retry_after) return std::chrono::ceil<Seconds>(*error.retry_after);
  if (error.kind != ErrorKind::unauthorized) return kRetry;
  constexpr Seconds kLongestPause{3600};
  const Seconds hold = std::min(kPasswordTerms.first_hold * (1 << std::min(failures - 1, 10)), kLongestPause);
  notify_refusal(sources_.notices, error.message, error.request_id);
  return hold;
}

}  // namespace

std::unique_ptr<Credentials> make_password_token(PasswordCredential credential, CredentialSources sources) {
  return std::make_unique<PasswordToken>(std::move(credential), std::move(sources));
}

}  // namespace dbssd::cloud
