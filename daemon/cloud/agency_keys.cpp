// Keys that the metadata service lends to a cloud host on behalf of its agency.
#include <algorithm>

#include "cloud/answer.h"
#include "cloud/decode.h"
#include "cloud/key_pair.h"
#include "cloud/renewal.h"

namespace dbssd::cloud {
namespace {

constexpr Seconds kPatience{3};  ///< a metadata service that is there answers at once
constexpr Seconds kRetry{10};
constexpr Seconds kAhead{1800};  ///< keys are renewed half an hour before they end
constexpr Probation::Terms kAgencyTerms{.most_refusals = 3, .first_hold = Seconds{120}};
constexpr std::size_t kMostBytes = 64 * 1024;

class AgencyKeys final : public Credentials {
 public:
  AgencyKeys(EcsAgencyCredential credential, CredentialSources sources)
      : endpoint_(std::move(credential.metadata_endpoint)),
        sources_(std::move(sources)),
        desk_(sources_, sources_.ledger.probation({"agency", endpoint_}, kAgencyTerms)),
        keys_(
            sources_.clock, [this](const Patience& patience) { return fetch(patience); },
            [](const Error&, int) { return kRetry; }) {}

  Expected<void> prepare(const Patience& patience) override {
    const auto keys = keys_.get(patience);
    if (!keys) return fail(keys.error());
    return {};
  }

  Expected<Generation> authorize(Request& request, const ProjectId& project,
                                 const Patience& patience) override {
    const auto keys = keys_.get(patience);
    if (!keys) return fail(keys.error());
    if (auto done = desk_.sign(request, project, keys->value, patience); !done) return fail(done.error());
    return keys->generation;
  }

  bool concluded(Generation generation, Outcome outcome, std::optional<Instant> service_date) override {
    const bool other_clock = desk_.concluded(outcome, service_date);
    if (outcome != Outcome::refused) return false;
    return other_clock || keys_.discard(generation);
  }

  std::optional<TokenLife> life() const override { return keys_.life(); }

  void redact(std::string& text) const override {
    const auto keys = keys_.peek();
    if (!keys) return;
    cloud::redact(text, keys->access_key);
    cloud::redact(text, keys->secret_key);
    cloud::redact(text, *keys->security_token);
  }

 private:
  using Keys = Renewal<SigningKeys>;

  Request ask(std::vector<std::string> path, const Patience& patience) const {
    Request request;
    request.origin = endpoint_;
    request.path = std::move(path);
    request.deadline = std::min<MonoTime>(patience.deadline, sources_.clock.now().mono + kPatience);
    request.max_bytes = kMostBytes;
    return request;
  }
  Expected<Keys::Fresh> fetch(const Patience& patience) const;

  const std::string endpoint_;
  const CredentialSources sources_;
  SigningDesk desk_;
  Keys keys_;
};

Expected<AgencyKeys::Keys::Fresh> AgencyKeys::fetch(const Patience& patience) const {
  const auto unlent = [](const std::string& why) {
    return fail(ErrorKind::not_sent,
                "the metadata service lends no keys: " + why + "; does this host have an agency?");
  };
  Request session = ask({"meta-data", "latest", "api", "token"}, patience);
  session.method = Method::put;
  session.headers = {{"X-Metadata-Token-Ttl-Seconds", "21600"}};
  const Expected<Response> opened = sources_.transport.send(session);
  if (!opened) return unlent(opened.error().message);

  Request lend = ask({"openstack", "latest", "securitykey"}, patience);
  // Hosts without the second version of the service answer 404, 405 or 503, and need no token.
  if (opened->status == 200) {
    std::string token = opened->body;
    while (!token.empty() && (token.back() == '\n' || token.back() == '\r' || token.back() == ' '))
      token.pop_back();
    lend.headers = {{"X-Metadata-Token", std::move(token)}};
  }
  const Expected<Response> lent = sources_.transport.send(lend);
  if (!lent) return unlent(lent.error().message);
  if (lent->status != 200) return unlent("HTTP " + std::to_string(lent->status));
  const Expected<LentKeys> keys = decode_lent_keys(lent->body);
  if (!keys) return unlent(keys.error().message);

  const Now now = sources_.clock.now();
  const Seconds life =
      std::max<Seconds>(keys->expires_at - service_now(*lent).value_or(now.second()), Seconds{1});
  return Keys::Fresh{{keys->access_key, keys->secret_key, keys->security_token},
                     now.mono + life - std::min(life / 2, kAhead),
                     now.mono + life};
}

}  // namespace

std::unique_ptr<Credentials> make_agency_keys(EcsAgencyCredential credential, CredentialSources sources) {
  return std::make_unique<AgencyKeys>(std::move(credential), std::move(sources));
}

}  // namespace dbssd::cloud
