#include "base/ascii.h"
#include "cloud/decode.h"
#include "cloud/decode_lists.h"
#include "cloud/json.h"
#include "cloud/wire_time.h"

namespace dbssd::cloud {
namespace {

Expected<json::Document> parse_object(std::string_view body) {
  Expected<json::Document> document = json::Document::parse(body);
  if (document && !json::object_of(document->root()))
    return fail(ErrorKind::malformed, "an object is expected");
  return document;
}

TaskStatus task_status(std::optional<json::Element> element) {
  const auto number = json::integer_of(element);
  if (!number) return TaskStatus::unknown;
  switch (*number) {
    case 0:
      return TaskStatus::ready;
    case 1:
    case -1:
      return TaskStatus::running;
    case 2:
      return TaskStatus::success;
    case 3:
      return TaskStatus::failed;
    default:
      return TaskStatus::unknown;
  }
}

/// A count; nothing for what cannot be one.
std::optional<std::int64_t> count_of(std::optional<json::Element> element) {
  const auto number = json::integer_of(element);
  return number && *number >= 0 ? number : std::nullopt;
}

/// Looks for a code and a message in this object, then in the objects within it, to a few levels.
bool find_refusal(json::Object object, int levels, Refusal& refusal) {
  const auto code = json::field(object, {"error_code", "errorCode", "code"});
  const auto message = json::field(object, {"error_msg", "errorMsg", "error_message", "message"});
  if (refusal.request_id.empty())
    refusal.request_id = json::text_of(json::field(object, {"request_id", "requestId"}), kMaxName);
  refusal.code = json::text_of(code, kMaxName);
  refusal.message = json::text_of(message, kMaxProse);
  if (!refusal.code.empty() || !refusal.message.empty()) return true;
  if (levels == 0) return false;
  for (const auto& [key, value] : object) {
    const auto inner = json::object_of(value);
    if (inner && find_refusal(*inner, levels - 1, refusal)) return true;
  }
  return false;
}

}  // namespace

Expected<SummaryTask> decode_summary(std::string_view body, BusiType asked) {
  const Expected<json::Document> document = parse_object(body);
  if (!document) return fail(document.error());
  const json::Object root = *json::object_of(document->root());
  const auto status = json::field(root, {"task_status", "taskStatus"});
  const auto millis = [&](std::initializer_list<std::string_view> keys) {
    return read_epoch_millis(json::integer_of(json::field(root, keys)));
  };
  SummaryTask task;
  task.id = json::text_of(json::field(root, {"id"}), kMaxName);
  if (!status && task.id.empty()) return fail(ErrorKind::malformed, "a summary task is expected");
  task.busi_type = asked;
  task.status = task_status(status);
  task.task_switch = to_lower(json::text_of(json::field(root, {"task_switch", "taskSwitch"}), kMaxName));
  task.total = count_of(json::field(root, {"total_num", "totalNum"}));
  task.completed = count_of(json::field(root, {"completed_num", "completedNum"}));
  task.begin = millis({"begin_time", "beginTime"});
  task.end = millis({"end_time", "endTime"});
  task.query_begin = millis({"query_begin_time", "queryBeginTime"});
  task.query_end = millis({"query_end_time", "queryEndTime"});
  return task;
}

Expected<NativeSchedule> decode_native_schedule(std::string_view body) {
  const Expected<json::Document> document = parse_object(body);
  if (!document) return fail(document.error());
  json::Object schedule = *json::object_of(document->root());
  if (const auto inner = json::field(schedule, {"scheduler"}); inner && inner->is_object())
    schedule = *json::object_of(*inner);
  const std::string status = to_lower(json::text_of(json::field(schedule, {"status"}), kMaxName));
  if (status.empty()) return fail(ErrorKind::malformed, "a schedule is expected");
  std::string frequency = json::text_of(json::field(schedule, {"frequency"}), kMaxName);
  constexpr std::string_view kPrefix = "AUDIT_REPORT_";
  if (frequency.starts_with(kPrefix)) frequency.erase(0, kPrefix.size());
  return NativeSchedule{status == "on", std::move(frequency)};
}

Expected<void> decode_result(std::string_view body) {
  const Expected<json::Document> document = parse_object(body);
  if (!document) return fail(document.error());
  const json::Object root = *json::object_of(document->root());
  const std::string result = to_lower(json::text_of(json::field(root, {"result"}), kMaxName));
  if (result == "success") return {};
  Refusal refusal;
  find_refusal(root, 3, refusal);
  Error error;
  error.kind = result == "failed" || result == "fail" ? ErrorKind::rejected : ErrorKind::malformed;
  error.code = refusal.code;
  error.message = error.kind == ErrorKind::rejected ? "the service answers \"failed\""
                                                    : "neither \"success\" nor \"failed\" in the answer";
  if (!refusal.message.empty()) error.message += ": " + refusal.message;
  return fail(std::move(error));
}

Refusal decode_refusal(std::string_view body) {
  Refusal refusal;
  const Expected<json::Document> document = parse_object(body);
  if (document) find_refusal(*json::object_of(document->root()), 3, refusal);
  return refusal;
}

std::optional<Instant> decode_token_expiry(std::string_view body) {
  const Expected<json::Document> document = parse_object(body);
  if (!document) return std::nullopt;
  const auto token = json::field(*json::object_of(document->root()), {"token"});
  const auto object = token ? json::object_of(*token) : std::nullopt;
  if (!object) return std::nullopt;
  return read_iam_time(json::text_of(json::field(*object, {"expires_at"}), kMaxName));
}

Expected<ProjectId> decode_project(const std::string& body, std::string_view name) {
  const auto page = decode_page<std::pair<std::string, std::string>>(
      body, {"projects"}, "", [](json::Object entry) -> Expected<std::pair<std::string, std::string>> {
        Expected<std::string> id = identifier_of(entry, {"id"});
        if (!id) return fail(id.error());
        return std::pair(*std::move(id), json::text_of(json::field(entry, {"name"}), kMaxName));
      });
  if (!page) return fail(page.error());
  std::optional<ProjectId> found;
  for (const auto& [id, project_name] : page->items) {
    if (project_name != name) continue;
    if (found) {
      return fail(ErrorKind::rejected,
                  "IAM knows several projects named " + std::string(name) + ": set project_id");
    }
    found = ProjectId(id);
  }
  if (!found)
    return fail(ErrorKind::rejected, "IAM knows no project named " + std::string(name) + ": set project_id");
  return *found;
}

Expected<LentKeys> decode_lent_keys(std::string_view body) {
  const Expected<json::Document> document = parse_object(body);
  if (!document) return fail(document.error());
  const auto credential = json::field(*json::object_of(document->root()), {"credential"});
  const auto object = credential ? json::object_of(*credential) : std::nullopt;
  if (!object) return fail(ErrorKind::malformed, "no credential in the answer");
  constexpr std::size_t kMaxSecret = 32 * 1024;
  LentKeys keys;
  keys.access_key = Secret(json::text_of(json::field(*object, {"access"}), kMaxName));
  keys.secret_key = Secret(json::text_of(json::field(*object, {"secret"}), kMaxName));
  keys.security_token = Secret(json::text_of(json::field(*object, {"securitytoken"}), kMaxSecret));
  const auto expiry = read_iam_time(json::text_of(json::field(*object, {"expires_at"}), kMaxName));
  if (keys.access_key.empty() || keys.secret_key.empty() || keys.security_token.empty() || !expiry) {
    return fail(ErrorKind::malformed, "the lent credential lacks a key, a token or its end");
  }
  keys.expires_at = *expiry;
  return keys;
}

}  // namespace dbssd::cloud
