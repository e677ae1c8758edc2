// What holds for any bytes that may come in the place of an answer.
#pragma once

#include <array>
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

/// A kind of answer, and which promise does not hold for bytes in its place; empty where all do.
struct DecodedAnswer {
  std::string_view name;
  std::string (*broken_promise)(const std::string& body);
};

template <class Decoded>
std::string broken_promise_of_single(const Expected<Decoded>& decoded) {
  if (decoded) return "";
  return decoded.error().message.empty() ? "the error says nothing" : "";
}

inline const std::array<DecodedAnswer, 13> kAnswers{{
    {"instances",
     [](const std::string& body) {
       return broken_promise_of_page(decode_instances(body), [](const Instance& instance) {
         return !instance.effect || (*instance.effect >= 1 && *instance.effect <= 3);
       });
     }},
    {"jobs",
     [](const std::string& body) {
       return broken_promise_of_page(decode_jobs(body), [](const Job& job) {
         return job.fail_reason.size() <= 1024 && job.error_code.size() <= 256 && job.type.size() <= 256;
       });
     }},
    {"reports",
     [](const std::string& body) {
       static const schedule::Zone kUtc = schedule::Zone::utc();
       return broken_promise_of_page(decode_reports(body, kUtc), [](const Report& report) {
         return report.percentum >= 0 && report.percentum <= 100;
       });
     }},
    {"templates",
     [](const std::string& body) {
       return broken_promise_of_page(decode_templates(body),
                                     [](const Template& t) { return t.type.size() <= 256; });
     }},
    {"databases",
     [](const std::string& body) {
       return broken_promise_of_page(decode_databases(body), [](const Database&) { return true; });
     }},
    {"summary",
     [](const std::string& body) {
       const auto task = decode_summary(body, BusiType::audit);
       if (task && (task->total.value_or(0) < 0 || task->completed.value_or(0) < 0))
         return std::string("a count is negative");
       return broken_promise_of_single(task);
     }},
    {"native_schedule",
     [](const std::string& body) {
       const auto schedule = decode_native_schedule(body);
       if (schedule && schedule->frequency.size() > 256) return std::string("a frequency is too long");
       return broken_promise_of_single(schedule);
     }},
    {"result", [](const std::string& body) { return broken_promise_of_single(decode_result(body)); }},
    {"refusal",
     [](const std::string& body) {
       const Refusal refusal = decode_refusal(body);
       const bool bounded =
           refusal.code.size() <= 256 && refusal.message.size() <= 1024 && refusal.request_id.size() <= 256;
       return std::string(bounded ? "" : "a refusal is too long");
     }},
    {"rate_limit",
     [](const std::string& body) {
       const auto limit = parse_rate_limit(body);
       return std::string(limit && !(limit->per_second() > 0) ? "a rate is none" : "");
     }},
    {"token_expiry",
     [](const std::string& body) {
       (void)decode_token_expiry(body);
       return std::string();
     }},
    {"project",
     [](const std::string& body) {
       const auto project = decode_project(body, "r");
       if (project && !is_id(project->str())) return std::string("a project is none");
       return broken_promise_of_single(project);
     }},
    {"lent_keys", [](const std::string& body) { return broken_promise_of_single(decode_lent_keys(body)); }},
}};

/// Empty, or the promise that one of the answers does not keep for these bytes.
inline std::string broken_decode_promise(const std::string& body) {
  for (const DecodedAnswer& answer : kAnswers) {
    const std::string broken = answer.broken_promise(body);
    if (!broken.empty()) return std::string(answer.name) + ": " + broken;
  }
  return "";
}

}  // namespace dbssd::cloud::fuzz
