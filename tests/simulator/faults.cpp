#include "simulator/faults.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "simulator/fields.h"
#include "simulator/throttle.h"

namespace dbss_sim {
namespace {

struct KindName {
  std::string_view name;
  FaultKind kind;
  bool effect;
  int status;
};

constexpr std::array kKinds{
    KindName{"drop_before", FaultKind::kDrop, false, 0},
    KindName{"drop_after", FaultKind::kDrop, true, 0},
    KindName{"status_before", FaultKind::kStatus, false, 500},
    KindName{"status_after", FaultKind::kStatus, true, 500},
    KindName{"slow", FaultKind::kSlow, true, 200},
    KindName{"drip", FaultKind::kDrip, true, 200},
    KindName{"half_body", FaultKind::kHalfBody, true, 200},
    KindName{"html", FaultKind::kHtml, false, 502},
    KindName{"garbage", FaultKind::kGarbage, true, 200},
    KindName{"expired_token", FaultKind::kExpiredToken, false, 401},
    KindName{"redirect", FaultKind::kRedirect, false, 302},
    KindName{"huge_body", FaultKind::kHugeBody, false, 200},
    KindName{"throttle", FaultKind::kThrottle, false, 429},
    KindName{"wrong_content_type", FaultKind::kWrongContentType, true, 200},
    KindName{"raw", FaultKind::kRaw, false, 0},
};

constexpr std::string_view kHtmlPage =
    "<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>\n";
constexpr std::string_view kGarbage{"{\"servers\":[{\"id\":\x80\xff,,]]\0\x01", 26};

bool wanted(const std::string& filter, std::string_view id, std::string_view name) {
  return filter.empty() || filter == id || filter == name;
}

bool matches(const Fault& fault, const Target& target) {
  return (fault.call == "*" || fault.call == call_name(target.call)) &&
         wanted(fault.project, target.project_id, target.project_name) &&
         wanted(fault.instance, target.instance_id, target.instance_name);
}

}  // namespace

std::optional<std::size_t> Faults::install(const nlohmann::json& object, std::string& problem) {
  Fault fault;
  Fields fields(object, "", problem);
  fields.take("kind", fault.kind_name);
  const auto kind = std::find_if(kKinds.begin(), kKinds.end(),
                                 [&](const KindName& k) { return k.name == fault.kind_name; });
  if (kind == kKinds.end()) {
    fields.complain("kind", "no such fault");
    return std::nullopt;
  }
  fault.kind = kind->kind;
  fault.effect = kind->effect;
  fault.status = kind->status;
  if (fault.kind == FaultKind::kSlow || fault.kind == FaultKind::kDrip) fault.seconds = 1;
  fields.take("effect", fault.effect).take("call", fault.call).take("project", fault.project);
  fields.take("instance", fault.instance).take("status", fault.status).take("error_code", fault.error_code);
  fields.take("message", fault.message).take("text", fault.text).take("seconds", fault.seconds);
  fields.take("bytes", fault.bytes).take("limit", fault.limit).take("retry_after", fault.retry_after);
  fields.take("after_calls", fault.after_calls)
      .take("times", fault.times)
      .take("probability", fault.probability);
  if (fault.call != "*" && !call_named(fault.call)) fields.complain("call", "no such call");
  if (fault.kind != FaultKind::kDrop && fault.kind != FaultKind::kRaw &&
      (fault.status < 200 || fault.status > 599)) {
    fields.complain("status", "not 200 to 599");
  }
  if (fault.bytes < 0 || fault.bytes > (std::int64_t{1} << 31)) fields.complain("bytes", "not 0 to 2 GiB");
  fields.finish();
  if (!problem.empty()) return std::nullopt;
  fault.id = next_id_++;
  faults_.push_back(std::move(fault));
  return faults_.back().id;
}

bool Faults::remove(std::size_t id) {
  return std::erase_if(faults_, [id](const Fault& fault) { return fault.id == id; }) != 0;
}

const Fault* Faults::strike(const Target& target, Chance& chance) {
  for (Fault& fault : faults_) {
    if (!matches(fault, target)) continue;
    if (fault.matched++ < fault.after_calls) continue;
    if (fault.times && fault.struck >= *fault.times) continue;
    if (fault.probability < 1 && !chance.happens(fault.probability)) continue;
    ++fault.struck;
    return &fault;
  }
  return nullptr;
}

void apply_fault(const Fault& fault, std::string_view request_id, Delivery& delivery) {
  Answer& answer = delivery.answer;
  delivery.delay_seconds = fault.kind == FaultKind::kDrip ? 0 : fault.seconds;
  switch (fault.kind) {
    case FaultKind::kSlow:
      break;
    case FaultKind::kDrop:
      delivery.manner = Delivery::Manner::kDropped;
      break;
    case FaultKind::kHalfBody:
      delivery.manner = Delivery::Manner::kHalf;
      break;
    case FaultKind::kDrip:
      delivery.manner = Delivery::Manner::kDripped;
      delivery.drip_seconds = fault.seconds;
      break;
    case FaultKind::kRaw:
      delivery.manner = Delivery::Manner::kRaw;
      answer.body.clear();
      break;
    case FaultKind::kStatus:
      answer = service_error(fault.status, fault.error_code, fault.message, ErrorShape::kFlat);
      break;
    case FaultKind::kHtml:
      answer = {fault.status, std::string(kHtmlPage), "text/html"};
      break;
    case FaultKind::kGarbage:
      answer = {fault.status, std::string(kGarbage)};
      break;
    case FaultKind::kExpiredToken:
      answer = gateway_error(401, "APIGW.0307", "The token must be updated.", request_id);
      break;
    case FaultKind::kRedirect:
      answer = {fault.status};
      answer.headers.emplace_back("Location", fault.text.value_or("/_sim/redirected"));
      return;
    case FaultKind::kHugeBody:
      answer = {fault.status, "{\"servers\":["};
      answer.body.append(static_cast<std::size_t>(fault.bytes), ' ').append("],\"total\":0}");
      break;
    case FaultKind::kThrottle:
      answer = throttled_answer({fault.limit, 60, false}, request_id);
      if (fault.retry_after > 0) {
        answer.headers.emplace_back("Retry-After", std::to_string(fault.retry_after));
      }
      break;
    case FaultKind::kWrongContentType:
      answer.content_type = "text/plain";
      break;
  }
  if (fault.text) answer.body = *fault.text;
}

}  // namespace dbss_sim
