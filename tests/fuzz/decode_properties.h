// What holds for any bytes that may come in the place of an answer.
#pragma once

#include <string>
#include <string_view>

#include "cloud/answer.h"
#include "cloud/decode.h"

namespace dbssd::cloud::fuzz {

inline bool is_id(const std::string& id) {
  return !id.empty() && id.size() <= 255 && id != "." && id != "..";
}
inline const std::string& text_of(const std::string& id) { return id; }
template <class Tag>
const std::string& text_of(const Id<Tag>& id) {
  return id.str();
}

inline const std::string& item_name(const Job& job) { return job.server_name; }
template <class T>
const std::string& item_name(const T& item) {
  return item.name;
}

/// `holds` says of an item that it is within its bounds.
template <class T, class Holds>
std::string broken_promise_of_page(const Expected<Page<T>>& page, const Holds& holds) {
  if (!page) {
    if (page.error().kind != ErrorKind::malformed) return "a body that does not decode is not malformed";
    return page.error().message.empty() ? "the error says nothing" : "";
  }
  if (page->items.size() + page->problems.size() != page->entries)
    return "an entry is neither read nor a problem";
  for (const T& item : page->items) {
    if (!is_id(text_of(item.id))) return "an id is none";
    if (item_name(item).size() > 256) return "a name is too long";
    if (!holds(item)) return "a value is out of its bounds";
  }
  for (const std::string& problem : page->problems)
    if (problem.empty() || problem.size() > 400) return "a problem is not one line";
  return "";
}

/// Empty, or the promise that does not hold for these bytes.
inline std::string broken_decode_promise(std::string_view body) {
  static const schedule::Zone kUtc = schedule::Zone::utc();
  const auto any = [](const auto&) { return true; };
  const auto effect = [](const Instance& i) { return !i.effect || (*i.effect >= 1 && *i.effect <= 3); };
  const auto percentum = [](const Report& r) { return r.percentum >= 0 && r.percentum <= 100; };
  for (const std::string& broken : {broken_promise_of_page(decode_instances(body), effect),
                                    broken_promise_of_page(decode_jobs(body), any),
                                    broken_promise_of_page(decode_reports(body, kUtc), percentum),
                                    broken_promise_of_page(decode_templates(body), any),
                                    broken_promise_of_page(decode_databases(body), any)}) {
    if (!broken.empty()) return broken;
  }
  if (const auto task = decode_summary(body, BusiType::audit);
      task && (task->total.value_or(0) < 0 || task->completed.value_or(0) < 0)) {
    return "a count is negative";
  }
  const Refusal refusal = decode_refusal(body);
  if (refusal.code.size() > 256 || refusal.message.size() > 1024 || refusal.request_id.size() > 256)
    return "a refusal is too long";
  if (const auto limit = parse_rate_limit(body); limit && !(limit->per_second() > 0)) return "a rate is none";
  if (const auto project = decode_project(body, "r"); project && !is_id(project->str()))
    return "a project is none";
  (void)decode_result(body);
  (void)decode_token_expiry(body);
  (void)decode_lent_keys(body);
  return "";
}

}  // namespace dbssd::cloud::fuzz
