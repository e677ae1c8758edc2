#include <algorithm>

#include "simulator/calendar.h"
#include "simulator/calls.h"
#include "simulator/signature.h"

namespace dbss_sim {
namespace {

Caller unauthorized(const World& world, std::string_view code, std::string_view message) {
  return {"", gateway_error(401, code, message, world.request_id())};
}

Caller bearer_of_token(World& world, std::string_view text, Instant now) {
  const bool any = world.fleet.behaviour.any_token;
  const Token* token = any ? &world.iam.token_of_another(text) : world.iam.token(text);
  if (token == nullptr) return unauthorized(world, "APIGW.0301", "Incorrect IAM authentication information.");
  if (token->revoked || now >= token->expires) {
    return unauthorized(world, "APIGW.0307", "The token must be updated.");
  }
  return {token->project_id, std::nullopt, token->foreign};
}

// Why the signature does not prove the key, or an empty text.
std::string_view flaw_of_signature(const Request& request, const Authorization& given, const AccessKey& key,
                                   const IamSpec& spec, Instant now) {
  const auto signs = [&given](std::string_view name) {
    return std::any_of(given.signed_headers.begin(), given.signed_headers.end(),
                       [name](std::string_view header) { return equals_ignoring_case(header, name); });
  };
  const auto date = parse_sdk_date(request.header("X-Sdk-Date").value_or(""));
  if (!date || !signs("X-Sdk-Date")) return "X-Sdk-Date is missing or not signed";
  const auto skew = now > *date ? now - *date : *date - now;
  if (skew > Clock::milliseconds(spec.skew_seconds)) return "the signature has expired";
  for (const std::string_view header : {"X-Project-Id", "X-Security-Token"}) {
    if (request.header(header) && !signs(header)) return "a header that identifies the caller is not signed";
  }
  if (key.spec.security_token != request.header("X-Security-Token").value_or("")) {
    return "wrong security token";
  }
  const auto expected = expected_signature(request, given.signed_headers, key.spec.secret);
  if (!expected || *expected != given.signature) return "the signature does not match";
  return "";
}

Caller holder_of_key(World& world, const Request& request, std::string_view header, Instant now) {
  constexpr std::string_view kIncorrect = "Incorrect IAM authentication information: ";
  const auto incorrect = [&](std::string_view why) {
    return unauthorized(world, "APIGW.0301", std::string(kIncorrect).append(why));
  };
  const auto given = parse_authorization(header);
  AccessKey* key = given ? world.iam.access_key(given->access) : nullptr;
  if (key == nullptr) return incorrect("unknown access key.");
  if (key->lock.holds(now)) {
    ++key->lock.refused_while_locked;
    return incorrect("the access key is locked.");
  }
  if (key->expires && now >= *key->expires) return incorrect("the access key has expired.");
  const std::string_view flaw = flaw_of_signature(request, *given, *key, world.iam.spec(), now);
  if (!flaw.empty()) {
    key->lock.fail(world.iam.spec().lock_after, world.clock.span(world.iam.spec().key_lock_seconds), now);
    return incorrect(flaw);
  }
  key->lock.succeed();
  return {std::string(request.header("X-Project-Id").value_or("")), std::nullopt};
}

}  // namespace

Caller authenticate(World& world, const Request& request, Instant now) {
  if (const auto token = request.header("X-Auth-Token")) return bearer_of_token(world, *token, now);
  if (const auto header = request.header("Authorization")) return holder_of_key(world, request, *header, now);
  return unauthorized(world, "APIGW.0301", "Incorrect IAM authentication information: no credential.");
}

}  // namespace dbss_sim
