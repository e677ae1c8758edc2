#include "cloud/sending.h"

#include <algorithm>
#include <variant>

#include "cloud/answer.h"

namespace dbssd::cloud {
namespace {

/// Whose calls the gateway counts together: a corrected password is the same user's. That two key pairs are
/// one user's does not show.
struct PacesOfUser {
  CredentialLedger& ledger;
  const ClientConfig& config;
  std::shared_ptr<ApiPaces> operator()(const PasswordCredential& user) const {
    return ledger.paces({"password", config.dbss_endpoint, config.iam_endpoint, user.domain, user.user});
  }
  std::shared_ptr<ApiPaces> operator()(const AkskCredential& user) const {
    return ledger.paces({"aksk", config.dbss_endpoint, user.access_key.reveal()});
  }
  std::shared_ptr<ApiPaces> operator()(const TokenCredential& user) const {
    return ledger.paces({"token", config.dbss_endpoint, user.token.reveal()});
  }
  std::shared_ptr<ApiPaces> operator()(const EcsAgencyCredential& user) const {
    return ledger.paces({"agency", config.dbss_endpoint, user.metadata_endpoint});
  }
};

}  // namespace

Sending::Sending(const ClientConfig& config, CredentialLedger& ledger, ClientNotices& notices,
                 Transport& transport, const Clock& clock)
    : config_(config),
      notices_(notices),
      transport_(transport),
      clock_(clock),
      throttle_(clock_, config_.requests_per_second, config_.in_flight),
      paces_(std::visit(PacesOfUser{ledger, config_}, config_.credential), config_.requests_per_second,
             static_cast<std::size_t>(std::max(config_.in_flight, 1)) / 2),
      credentials_(
          make_credentials(config_.credential, {clock_, transport_, config_.iam_endpoint, config_.region,
                                                config_.project_id, notices_.of_credentials(), ledger})) {}

void Sending::take_date(const Now& sent, const Response& response) {
  if (!is_of_the_service(response)) return;
  newest_date_.take({*response.date, sent.mono, clock_.now().mono - response.since_header});
  notices_.compare_clocks(sent.wall, response);
}

Patience Sending::to_leave(MonoTime start) const {
  // A call with no time to come back would leave for nothing; a mutation, to be looked up.
  return {start + std::chrono::nanoseconds(config_.timeout) * 2 / 3, cancel_.get_token()};
}

Expected<Response> Sending::send(const Request& request, const ProjectId& project, const Patience& to_leave,
                                 MonoTime ends) {
  for (bool again = false;; again = true) {
    if (auto prepared = credentials_->prepare(to_leave); !prepared) return fail(prepared.error());
    if (auto entered = paces_.enter(request.api, to_leave); !entered) return fail(entered.error());
    const MonoTime let_in = clock_.now().mono;
    const Expected<Throttle::Pass> pass = throttle_.enter(to_leave);
    if (!pass) return fail(pass.error());
    Request attempt = request;
    const auto generation = credentials_->authorize(attempt, project, to_leave);
    if (!generation) return fail(generation.error());
    attempt.deadline = ends;
    const Now left = clock_.now();
    Expected<Response> response = send_and_return(transport_, attempt);
    if (response) take_date(left, *response);

    Outcome outcome = Outcome::unclear;
    if (response && response->status == 401)
      outcome = Outcome::refused;
    else if (response && response->status < 500 && response->status != 429)
      outcome = Outcome::admitted;
    if (outcome == Outcome::admitted) notices_.let_in();
    const bool repeat =
        credentials_->concluded(*generation, outcome, response ? service_now(*response) : std::nullopt);
    // A 401 comes from the gateway, before the service has seen anything.
    if (outcome == Outcome::refused && repeat && !again) continue;

    if (response && response->status >= 200 && response->status < 300) return response;
    Error error = response ? error_of(*response, request.effect) : std::move(response.error());
    if (error.kind == ErrorKind::throttled) paces_.refused(request.api, let_in, error);
    credentials_->redact(error.message);
    return fail(std::move(error));
  }
}

}  // namespace dbssd::cloud
