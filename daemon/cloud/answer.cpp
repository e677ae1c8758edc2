#include "cloud/answer.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "base/ascii.h"
#include "cloud/decode.h"
#include "cloud/http_date.h"

namespace dbssd::cloud {
namespace {

/// What a service asks for is believed up to here.
constexpr Seconds kLongestWait{3600};

/// Takes the number at the start of text off it; nothing where there is none, or 0.
std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || value <= 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  return value;
}

std::optional<Seconds> unit(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  if (text.starts_with("second")) return Seconds{1};
  if (text.starts_with("minute")) return Seconds{60};
  if (text.starts_with("hour")) return Seconds{3600};
  if (text.starts_with("day")) return Seconds{86400};
  return std::nullopt;
}

/// Retry-After: seconds, or a date by the service's own clock.
std::optional<Millis> retry_after(const Response& response) {
  std::string_view text = response.retry_after;
  if (const auto date = parse_http_date(text); date && response.date) {
    return std::clamp<Seconds>(*date - *response.date, Seconds{0}, kLongestWait);
  }
  const auto seconds = take_number(text);
  if (!seconds || !text.empty()) return std::nullopt;
  return std::min(Seconds{std::min<std::int64_t>(*seconds, kLongestWait.count())}, kLongestWait);
}

ErrorKind kind_of(const Response& response, const Refusal& refusal, Effect effect) {
  const bool throttled = refusal.code == "APIGW.0308" || refusal.code == "APIG.0308";
  if (response.status == 429 || (throttled && response.status >= 400 && response.status < 500))
    return ErrorKind::throttled;
  // The gateway's code for a backend that did not answer in time comes with several statuses.
  const bool backend_silent =
      refusal.code.ends_with(".0201") && to_lower(refusal.message).find("time") != std::string::npos;
  const bool refused =
      response.status >= 400 && response.status < 500 && response.status != 408 && !backend_silent;
  if (refused) {
    if (response.status == 401) return ErrorKind::unauthorized;
    return response.status == 404 ? ErrorKind::not_found : ErrorKind::rejected;
  }
  if (effect == Effect::mutation || response.status >= 400) return ErrorKind::outcome_unknown;
  return ErrorKind::malformed;
}

std::string describe(const Response& response, const Refusal& refusal) {
  std::string text = "HTTP " + std::to_string(response.status);
  if (!refusal.code.empty()) text += ' ' + refusal.code;
  if (!refusal.message.empty()) return text + ": " + refusal.message;
  if (response.status >= 300 && response.status < 400) return text + ": a redirect, which is not followed";
  if (response.status < 200) return text + ": not an answer";
  if (response.body.empty()) return text + " without a body";
  return text + " with a body that is not the service's own (" +
         (response.content_type.empty() ? "no content type" : response.content_type.substr(0, 64)) + ")";
}

}  // namespace

std::optional<Instant> service_now(const Response& response) {
  if (!response.date) return std::nullopt;
  return *response.date + std::chrono::floor<Seconds>(response.since_header);
}

bool is_of_the_service(const Response& response) { return response.date && response.status < 500; }

std::optional<RateLimit> parse_rate_limit(std::string_view message) {
  const std::string text = to_lower(message);
  const std::size_t limit_at = text.find("limit:");
  if (limit_at == std::string::npos) return std::nullopt;
  std::string_view rest = std::string_view(text).substr(limit_at + 6);
  const auto count = take_number(rest);
  const std::size_t time_at = rest.find("time:");
  if (!count || time_at == std::string_view::npos) return std::nullopt;
  rest.remove_prefix(time_at + 5);
  const auto times = take_number(rest);
  const auto span = unit(rest);
  constexpr std::int64_t kMost = 1'000'000;
  if (!times || !span || *times > kMost) return std::nullopt;
  return RateLimit{std::min(*count, kMost), *span * *times};
}

bool is_json_success(const Response& response) {
  return response.status >= 200 && response.status <= 202 &&
         to_lower(response.content_type).find("json") != std::string::npos;
}

Error error_of(const Response& response, Effect effect) {
  const Refusal refusal = decode_refusal(response.body);
  Error error;
  error.kind = kind_of(response, refusal, effect);
  error.code = refusal.code;
  error.request_id = response.request_id.empty() ? refusal.request_id : response.request_id.substr(0, 128);
  error.http_status = response.status;
  error.message = describe(response, refusal);
  error.retry_after = retry_after(response);
  if (error.kind == ErrorKind::throttled && !error.retry_after) {
    // Refused calls count: before its window has passed, a further one makes it only later.
    if (const auto limit = parse_rate_limit(refusal.message))
      error.retry_after = std::min<Seconds>(limit->span, kLongestWait);
  }
  return error;
}

bool is_no_such_api(const Error& error) {
  return error.http_status == 404 && (error.code == "APIGW.0101" || error.code == "APIG.0101");
}

}  // namespace dbssd::cloud
