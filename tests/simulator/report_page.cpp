#include "simulator/report_page.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "simulator/calendar.h"

namespace dbss_sim {
namespace {

using nlohmann::json;

constexpr std::int64_t kLargestReportPage = 1000;

std::string localised_name(const Report& report) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kNames{{
      {"COMPREHENSIVE", "数据库安全综合报表"},
      {"COMPLIANCE", "数据库安全合规报表"},
      {"SOX", "SOX-萨班斯报表"},
      {"PCI", "PCI-支付卡行业报表"},
      {"DB_ANALYSIS", "数据库服务器分析报表"},
      {"CLIENT_IP_ANALYSIS", "客户端IP分析报表"},
      {"SQL_DCL_COMMAND", "DCL命令报表"},
      {"SQL_DDL_COMMAND", "DDL命令报表"},
      {"SQL_DML_COMMAND", "DML命令报表"},
  }};
  for (const auto& [type, name] : kNames) {
    if (type == report.template_type) return std::string(name);
  }
  return "报表";
}

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

// One listed report. What it is spelled like is its own, the same on every page.
class ReportWriter {
 public:
  ReportWriter(JsonWriter& out, const Behaviour& behaviour, const Chance& chance, const Instance& instance,
               Instant now)
      : out_(out),
        behaviour_(behaviour),
        chance_(chance),
        spec_(instance.spec),
        offset_(report_offset(behaviour, instance.spec)),
        now_(now) {}

  void write(const Report& report) {
    Coins coins(behaviour_.loose ? chance_.of(report.id, "spelling") : 0);
    out_.open().key("report").open().field("id", report.id);
    out_.field("name", shown_name(behaviour_, report)).field("type", report.type);
    template_type(report);
    time("start_time", report.begin);
    time("end_time", report.end);
    finish_time(report);
    percentum(report.percentum(now_), coins);
    out_.field("format", behaviour_.report_format == "upper" ? upper(report.format) : report.format);
    databases(report, coins);
    if (report.percentum(now_) == 100) {
      out_.field("url", "/reports/" + report.id);
    } else {
      out_.key("url").null();
    }
    out_.close().close();
  }

 private:
  void template_type(const Report& report) {
    const std::string& axis = behaviour_.template_type;
    if (axis == "absent") return;
    out_.field("template_type", axis == "template" ? report.template_type
                                : axis == "empty"  ? std::string()
                                : axis == "odd"    ? std::string("AUDIT")
                                                   : upper(report.format));
  }
  void time(std::string_view key, Instant at) {
    if (behaviour_.report_time == "millis") {
      out_.field(key, std::to_string(epoch_millis(at)));
    } else if (behaviour_.report_time == "iso") {
      out_.field(key, iso_offset_text(at, offset_));
    } else {
      out_.field(key, date_time_text(at + offset_));
    }
  }
  void finish_time(const Report& report) {
    if (report.percentum(now_) < 100 || behaviour_.finish_time == "absent") {
      out_.key("finish_time").null();
      return;
    }
    const bool local = behaviour_.finish_time == "instance";
    out_.field("finish_time", date_time_text(report.finished + (local ? *parse_utc_offset(spec_.timezone)
                                                                      : std::chrono::minutes{0})));
  }
  void percentum(int value, Coins& coins) {
    const bool heads = coins.flip();
    if (behaviour_.percentum == "percent") {
      out_.field("percentum", std::to_string(value) + "%");
    } else if (behaviour_.percentum == "string" || (behaviour_.percentum == "any" && heads)) {
      out_.field("percentum", std::to_string(value));
    } else {
      out_.field("percentum", value);
    }
  }
  void databases(const Report& report, Coins& coins) {
    const std::string& axis = behaviour_.db_ids;
    const bool absent = coins.flip();
    if (axis == "absent") return;
    std::vector<const DatabaseSpec*> covered;
    for (const DatabaseSpec& database : *spec_.databases) {
      const bool asked_for = report.db_ids.find(database.id) != std::string::npos;
      if (asked_for || (report.db_ids.empty() && axis == "all")) covered.push_back(&database);
    }
    if (covered.empty()) {
      if (!absent) out_.key("db_ids").null().key("db_names").null();
      return;
    }
    if (axis == "reversed") std::reverse(covered.begin(), covered.end());
    std::string ids, names;
    for (const DatabaseSpec* database : covered) {
      ids.append(ids.empty() ? "" : ",").append(database->id);
      names.append(names.empty() ? "" : ",").append(database->name);
    }
    if (axis == "array") {
      out_.key("db_ids").open('[');
      for (const DatabaseSpec* database : covered) out_.text(database->id);
      out_.close(']');
    } else if (axis == "names") {
      out_.key("db_ids").null();
    } else {
      out_.field("db_ids", ids);
    }
    out_.field("db_names", names);
  }

  JsonWriter& out_;
  const Behaviour& behaviour_;
  const Chance& chance_;
  const InstanceSpec& spec_;
  const std::chrono::minutes offset_;
  const Instant now_;
};

bool newest_first(const Behaviour& behaviour, const Instance& instance) {
  const std::string& order = behaviour.report_order;
  return order == "newest" || (order == "seed" && (instance.quirks & 0x100) != 0);
}

std::vector<Report*> listed_reports(const Behaviour& behaviour, Instance& instance, const std::string& name,
                                    Instant now) {
  std::vector<Report*> listed;
  for (Report& report : instance.reports) {
    if (report.listed(now) && shown_name(behaviour, report).find(name) != std::string::npos) {
      listed.push_back(&report);
    }
  }
  if (newest_first(behaviour, instance)) std::reverse(listed.begin(), listed.end());
  return listed;
}

// Pages before it.
std::int64_t index_of_page(const Behaviour& behaviour, std::int64_t page) {
  if (behaviour.page_base == "0") return page;
  return std::max<std::int64_t>(page, 1) - 1;
}

}  // namespace

std::chrono::minutes report_offset(const Behaviour& behaviour, const InstanceSpec& spec) {
  return behaviour.report_zone == "instance" ? *parse_utc_offset(spec.timezone) : std::chrono::minutes{0};
}

std::string shown_name(const Behaviour& behaviour, const Report& report) {
  if (behaviour.report_name == "empty") return "";
  if (behaviour.report_name == "odd") return "report-" + report.id.substr(0, 6);
  if (behaviour.report_name == "localised") return localised_name(report);
  return report.name;
}

std::string_view read_report_query(const Behaviour& behaviour, const json& body, ReportQuery& into) {
  if (!body.is_object()) return "the body must be a JSON object";
  bool paged = false;
  for (const auto& [key, value] : body.items()) {
    if (key == "name") {
      if (value.is_null()) continue;
      if (!value.is_string()) return "name must be a string";
      into.name = value.get<std::string>();
    } else if (key == "page" || key == "size") {
      if (!value.is_number_integer()) return "page and size must be integers";
      paged |= key == "page";
      (key == "page" ? into.page : into.size) = value.get<std::int64_t>();
    } else {
      return "the body holds an unknown key";
    }
  }
  if (!paged || into.page < (behaviour.page_base == "1" ? 1 : 0)) return "page is missing or too small";
  if (into.size < 1 || into.size > kLargestReportPage) return "size must be 1 to 1000";
  return "";
}

std::string report_page(const Behaviour& behaviour, const Chance& chance, Instance& instance,
                        const ReportQuery& query, Instant now) {
  const std::int64_t index = index_of_page(behaviour, query.page);
  std::vector<Report*> listed = listed_reports(behaviour, instance, query.name, now);
  if (index > 0 && behaviour.report_drift == "deleted") {
    const auto theirs =
        std::find_if(listed.begin(), listed.end(), [](const Report* report) { return !report->requested; });
    if (theirs != listed.end()) {
      (*theirs)->deleted = true;
      listed.erase(theirs);
    }
  }
  const auto total = static_cast<std::int64_t>(listed.size());
  const std::int64_t size = std::min(query.size, static_cast<std::int64_t>(behaviour.max_report_page));
  const std::int64_t begin = index > total / size ? total : std::min(total, index * size);
  const std::int64_t end = std::min(total, begin + size);
  JsonWriter out;
  ReportWriter writer(out, behaviour, chance, instance, now);
  out.open().key("reports").open('[');
  for (std::int64_t i = begin; i < end; ++i) writer.write(*listed[static_cast<std::size_t>(i)]);
  out.close(']');
  write_total(out, behaviour, total, end - begin);
  return out.close().take();
}

}  // namespace dbss_sim
