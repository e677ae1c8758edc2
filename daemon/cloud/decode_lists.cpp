#include "cloud/decode_lists.h"

#include <charconv>

#include "base/ascii.h"
#include "cloud/url.h"
#include "cloud/wire_time.h"

namespace dbssd::cloud {
namespace {

JobStatus job_status(const std::string& text) {
  const std::string token = to_upper(text);
  if (token == "INIT") return JobStatus::init;
  if (token == "READY") return JobStatus::ready;
  if (token == "RUNNING") return JobStatus::running;
  if (token == "SUCCESS") return JobStatus::success;
  if (token == "FAIL" || token == "FAILED" || token == "ERROR") return JobStatus::fail;
  return JobStatus::unknown;
}

Expected<Instance> read_instance(json::Object entry) {
  Expected<std::string> id = identifier_of(entry, {"id", "instance_id", "instanceId"});
  if (!id) return fail(id.error());
  Instance instance;
  instance.id = InstanceId(*std::move(id));
  // An instance without a resource_id can still be started; only its creation jobs cannot be asked for.
  if (json::field(entry, {"resource_id", "resourceId"})) {
    Expected<std::string> resource = identifier_of(entry, {"resource_id", "resourceId"});
    if (!resource) return fail(resource.error());
    instance.resource_id = ResourceId(*std::move(resource));
  }
  instance.name = json::text_of(json::field(entry, {"name", "instance_name", "instanceName"}), kMaxName);
  instance.status = instance_status(json::text_of(json::field(entry, {"status"}), kMaxName));
  instance.task = instance_task(json::text_of(json::field(entry, {"task"}), kMaxName));
  instance.timezone = json::text_of(json::field(entry, {"timezone", "timeZone", "time_zone"}), kMaxName);
  const auto effect = json::integer_of(json::field(entry, {"effect"}));
  if (effect && *effect >= 1 && *effect <= 3) instance.effect = static_cast<int>(*effect);
  return instance;
}

Expected<Job> read_job(json::Object entry) {
  Expected<std::string> id = identifier_of(entry, {"job_id", "jobId", "id"});
  if (!id) return fail(id.error());
  Job job;
  job.id = JobId(*std::move(id));
  job.resource_id = ResourceId(json::text_of(json::field(entry, {"resource_id", "resourceId"}), kMaxId));
  job.status = job_status(json::text_of(json::field(entry, {"status"}), kMaxName));
  job.server_name = json::text_of(json::field(entry, {"server_name", "serverName"}), kMaxName);
  job.type = json::text_of(json::field(entry, {"job_type", "jobType"}), kMaxName);
  job.begin = read_epoch_millis(json::integer_of(json::field(entry, {"begin_time", "beginTime"})));
  job.end = read_epoch_millis(json::integer_of(json::field(entry, {"end_time", "endTime"})));
  job.error_code = json::text_of(json::field(entry, {"error_code", "errorCode"}), kMaxName);
  job.fail_reason = json::text_of(json::field(entry, {"fail_reason", "failReason"}), kMaxProse);
  return job;
}

std::optional<WireTime> time_of(std::optional<json::Element> element, const schedule::Zone& zone) {
  return read_wire_time(json::text_of(element, kMaxName), zone);
}

/// A clock that says no zone is up to 14 hours ahead of UTC and 12 behind it.
Finish meaning_of(const WireTime& finish) {
  if (finish.words.empty()) return {finish.at, finish.at};
  const Instant in_utc = read_wire_time(finish.words, schedule::Zone::utc())->at;
  return {std::max(finish.at, in_utc), in_utc + std::chrono::hours{14}};
}

/// Of "a,b", of ["a","b"], or of one alone; those that are too many to be read whole are as if not said.
std::vector<std::string> databases_of(std::optional<json::Element> element) {
  constexpr std::size_t kMost = std::size_t{1} << 16;
  std::vector<std::string> ids;
  const auto take = [&ids](std::string_view text) {
    while (!text.empty()) {
      const std::string_view id = text.substr(0, text.find(','));
      text.remove_prefix(std::min(text.size(), id.size() + 1));
      const std::size_t begin = id.find_first_not_of(' ');
      if (begin != std::string_view::npos)
        ids.emplace_back(id.substr(begin, id.find_last_not_of(' ') - begin + 1));
    }
  };
  if (!element) return ids;
  if (const auto array = json::array_of(*element)) {
    for (const json::Element each : *array) take(json::text_of(each, kMaxId));
  } else if (const std::string text = json::text_of(element, kMost); text.size() < kMost - 4) {
    take(text);
  }
  return ids;
}

/// 0..100 of 7, "7", "7%" or 99.7.
int percentum_of(std::optional<json::Element> element) {
  if (!element) return 0;
  double number = 0;
  if (element->get(number) != simdjson::SUCCESS) {
    std::string text = json::text_of(element, 16);
    if (text.ends_with('%')) text.pop_back();
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stop != end) return 0;
  }
  return number > 0 ? static_cast<int>(std::min(number, 100.0)) : 0;
}

}  // namespace

Expected<std::string> identifier_of(json::Object entry, std::initializer_list<std::string_view> keys) {
  std::string id = json::text_of(json::field(entry, keys), kMaxId + 1);
  const std::string name{*keys.begin()};
  if (id.empty()) return fail(ErrorKind::malformed, "has no " + name);
  if (id.size() >= kMaxId) return fail(ErrorKind::malformed, "has more than 255 bytes in its " + name);
  if (!is_plain_segment(id)) return fail(ErrorKind::malformed, "has \"" + id + "\" for its " + name);
  return id;
}

Expected<Page<Instance>> decode_instances(const std::string& body) {
  return decode_page<Instance>(body, {"servers", "instances"}, "", read_instance);
}

Expected<Page<Job>> decode_jobs(const std::string& body) {
  return decode_page<Job>(body, {"jobs"}, "", read_job);
}

Expected<Page<Report>> decode_reports(const std::string& body, const schedule::Zone& api_zone) {
  return decode_page<Report>(body, {"reports"}, "report", [&](json::Object entry) -> Expected<Report> {
    Expected<std::string> id = identifier_of(entry, {"id", "report_id", "reportId"});
    if (!id) return fail(id.error());
    Report report;
    report.id = ReportId(*std::move(id));
    report.name = json::text_of(json::field(entry, {"name"}), kMaxName);
    report.type = json::text_of(json::field(entry, {"type"}), kMaxName);
    report.template_type = json::text_of(json::field(entry, {"template_type", "templateType"}), kMaxName);
    if (auto begin = time_of(json::field(entry, {"start_time", "startTime"}), api_zone)) {
      report.begin_words = std::move(begin->words);
      report.start = begin->at;
    }
    if (auto end = time_of(json::field(entry, {"end_time", "endTime"}), api_zone)) {
      report.end_words = std::move(end->words);
      report.end = end->at;
    }
    report.databases = databases_of(json::field(entry, {"db_ids", "dbIds"}));
    report.finish_time = json::text_of(json::field(entry, {"finish_time", "finishTime"}), kMaxName);
    if (const auto finish = read_wire_time(report.finish_time, api_zone)) {
      report.finish = meaning_of(*finish);
      report.finished = finish->at;
      if (!finish->words.empty()) report.wire_offset = api_zone.offset(finish->at);
    }
    report.percentum = percentum_of(json::field(entry, {"percentum"}));
    return report;
  });
}

Expected<Page<Template>> decode_templates(const std::string& body) {
  return decode_page<Template>(body, {"templates"}, "template", [](json::Object entry) -> Expected<Template> {
    Expected<std::string> id = identifier_of(entry, {"id", "template_id", "templateId"});
    if (!id) return fail(id.error());
    return Template{TemplateId(*std::move(id)), json::text_of(json::field(entry, {"name"}), kMaxName),
                    json::text_of(json::field(entry, {"type"}), kMaxName)};
  });
}

Expected<Page<Database>> decode_databases(const std::string& body) {
  return decode_page<Database>(body, {"databases"}, "database", [](json::Object entry) -> Expected<Database> {
    Expected<std::string> id = identifier_of(entry, {"id", "db_id", "dbId"});
    if (!id) return fail(id.error());
    return Database{*std::move(id), json::text_of(json::field(entry, {"name"}), kMaxName),
                    json::text_of(json::field(entry, {"type"}), kMaxName)};
  });
}

}  // namespace dbssd::cloud
