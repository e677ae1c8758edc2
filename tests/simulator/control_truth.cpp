#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <vector>

#include "simulator/calendar.h"
#include "simulator/control.h"
#include "simulator/json_writer.h"

namespace dbss_sim {
namespace {

// Requests with the same template, window and databases, beyond the first of each.
std::int64_t duplicates_of(const Instance& instance) {
  std::int64_t duplicates = 0;
  for (const auto& [key, times] : instance.times_requested) duplicates += times - 1;
  return duplicates;
}

void write_times(JsonWriter& out, std::string_view key, const std::vector<Instant>& times) {
  out.key(key).open('[');
  for (const Instant at : times) out.number(epoch_millis(at));
  out.close(']');
}

void write_instance(JsonWriter& out, const Instance& instance, const Project& project) {
  const InstanceSpec& spec = instance.spec;
  out.open().field("id", spec.id).field("resource_id", spec.resource_id).field("name", spec.name);
  out.field("project", project.name).field("project_id", project.id);
  out.field("status", spec.status).field("task", spec.task).field("removed", instance.removed);
  write_times(out, "starts", instance.starts_accepted);
  write_times(out, "refused_starts", instance.starts_refused);
  out.key("history").open('[');
  for (const Step& step : instance.history) {
    out.open().field("at", epoch_millis(step.at)).field("status", step.status).field("task", step.task);
    out.field("why", step.why).close();
  }
  out.close(']').field("duplicates", duplicates_of(instance)).close();
}

void write_report(JsonWriter& out, const Report& report, const Instance& instance, const Project& project,
                  Instant now) {
  out.open().field("id", report.id).field("project_id", project.id).field("instance_id", instance.spec.id);
  out.field("instance_name", instance.spec.name).field("type", report.type);
  out.field("template_id", report.template_id).field("template_type", report.template_type);
  out.field("start_time", date_time_text(report.begin))
      .field("end_time", date_time_text(report.end))
      .field("begin", epoch_seconds(report.begin))
      .field("end", epoch_seconds(report.end))
      .field("db_ids", report.db_ids);
  out.field("created", epoch_millis(report.created)).field("percentum", report.percentum(now));
  out.field("requested", report.requested).field("listed", report.listed(now));
  out.field("deleted", report.deleted).close();
}

// What the service was asked to report on, whatever it says of that in its list.
void write_windows(JsonWriter& out, const Instance& instance, const Project& project, Instant now) {
  using Window = std::tuple<Instant, Instant, std::string_view, std::string_view>;
  struct Reports {
    std::int64_t all = 0, finished = 0;
    std::vector<std::string_view> ids;
  };
  std::map<Window, Reports> windows;
  for (const Report& report : instance.reports) {
    if (!report.requested) continue;
    Reports& of = windows[{report.begin, report.end, report.template_id, report.db_ids}];
    ++of.all;
    of.finished += report.percentum(now) == 100 ? 1 : 0;
    of.ids.push_back(report.id);
  }
  for (const auto& [window, reports] : windows) {
    const auto& [begin, end, template_id, db_ids] = window;
    out.open().field("project", project.name).field("project_id", project.id);
    out.field("instance", instance.spec.name).field("instance_id", instance.spec.id);
    out.field("begin", epoch_seconds(begin)).field("end", epoch_seconds(end));
    out.field("template_id", template_id).field("db_ids", db_ids);
    out.field("reports", reports.all).field("finished", reports.finished).key("ids").open('[');
    for (const std::string_view id : reports.ids) out.text(id);
    out.close(']').close();
  }
}

void write_counts(JsonWriter& out, const CallCounts& counts) {
  for (std::size_t i = 0; i < kCallCount; ++i) {
    if (counts[i].total == 0) continue;
    out.key(call_name(static_cast<Call>(i))).open().field("total", counts[i].total).key("status").open();
    for (const auto& [status, count] : counts[i].by_status) {
      out.field(status == kNoAnswer ? "none" : std::to_string(status), count);
    }
    out.close().close();
  }
}

void write_lock(JsonWriter& out, const Lock& lock, bool holds) {
  out.field("failures", lock.failures_in_all).field("lockouts", lock.locked).field("locked", holds);
  out.field("refused_while_locked", lock.refused_while_locked);
}

// Whether `?project=` and `?instance=`, ids or names, let this one through.
bool wanted(const Query& query, const Instance& instance, const Project& project) {
  const auto fits = [](const std::string* filter, const std::string& id, const std::string& name) {
    return filter == nullptr || *filter == id || *filter == name;
  };
  return fits(query.find("project"), project.id, project.name) &&
         fits(query.find("instance"), instance.spec.id, instance.spec.name);
}

template <class Write>
std::string each_wanted(World& world, const Query& query, Write write) {
  const Instant now = world.clock.now();
  JsonWriter out;
  out.open('[');
  for (Instance& instance : world.instances) {
    const Project& project = world.projects[instance.project];
    if (!wanted(query, instance, project)) continue;
    settle(instance, now);
    write(out, instance, project, now);
  }
  return out.close(']').take();
}

}  // namespace

std::string truth_instances(World& world, const Query& query) {
  return each_wanted(world, query,
                     [](JsonWriter& out, const Instance& instance, const Project& project, Instant) {
                       write_instance(out, instance, project);
                     });
}

std::string truth_reports(World& world, const Query& query) {
  return each_wanted(world, query,
                     [](JsonWriter& out, const Instance& instance, const Project& project, Instant now) {
                       for (const Report& report : instance.reports) {
                         write_report(out, report, instance, project, now);
                       }
                     });
}

std::string truth_windows(World& world, const Query& query) {
  return each_wanted(world, query,
                     [](JsonWriter& out, const Instance& instance, const Project& project, Instant now) {
                       write_windows(out, instance, project, now);
                     });
}

std::string truth_counts(World& world) {
  const Instant now = world.clock.now();
  std::map<std::string, std::int64_t> by_status;
  std::int64_t instances = 0, starts = 0, refused = 0, requested = 0, finished = 0, others = 0,
               duplicates = 0;
  for (Instance& instance : world.instances) {
    settle(instance, now);
    starts += static_cast<std::int64_t>(instance.starts_accepted.size());
    refused += static_cast<std::int64_t>(instance.starts_refused.size());
    duplicates += duplicates_of(instance);
    for (const Report& report : instance.reports) {
      ++(report.requested ? requested : others);
      if (report.requested && report.percentum(now) == 100) ++finished;
    }
    if (instance.removed) continue;
    ++instances;
    ++by_status[instance.spec.status];
  }
  JsonWriter out;
  out.open().field("instances", instances).key("by_status").open();
  for (const auto& [status, count] : by_status) out.field(status, count);
  out.close().field("starts", starts).field("refused_starts", refused).field("reports", requested);
  out.field("finished_reports", finished).field("other_reports", others).field("duplicates", duplicates);
  const InFlight& flight = world.tally.in_flight();
  out.key("in_flight").open().field("now", flight.now).field("most", flight.most).close();
  out.field("redirects_followed", world.tally.redirects_followed());
  out.field("credentials_redirected", world.tally.credentials_redirected()).close();
  return out.take();
}

std::string truth_calls(const World& world) {
  JsonWriter out;
  out.open().key("total").open();
  write_counts(out, world.tally.total());
  out.close().key("projects").open();
  for (std::size_t i = 0; i < world.projects.size(); ++i) {
    const InFlight& flight = world.tally.in_flight_of_project(i);
    out.key(world.projects[i].id).open().field("name", world.projects[i].name);
    out.key("in_flight")
        .open()
        .field("now", flight.now)
        .field("most", flight.most)
        .close()
        .key("calls")
        .open();
    write_counts(out, world.tally.of_project(i));
    out.close().close();
  }
  return out.close().close().take();
}

std::string truth_iam(const World& world) {
  const Instant now = world.clock.now();
  JsonWriter out;
  out.open().field("tokens_issued", world.iam.tokens_issued()).key("users").open();
  for (const User& user : world.iam.users()) {
    out.key(user.spec.name).open();
    write_lock(out, user.lock, user.lock.holds(now));
    out.close();
  }
  out.close().key("access_keys").open();
  for (const AccessKey& key : world.iam.access_keys()) {
    out.key(key.spec.access).open();
    write_lock(out, key.lock, key.lock.holds(now));
    out.close();
  }
  return out.close().close().take();
}

std::string truth(World& world, const Query& query) {
  JsonWriter out;
  const Instant now = world.clock.now();
  out.open().field("now", epoch_millis(now)).field("time", date_time_text(now));
  out.key("counts")
      .raw(truth_counts(world))
      .key("calls")
      .raw(truth_calls(world))
      .key("iam")
      .raw(truth_iam(world));
  out.key("instances")
      .raw(truth_instances(world, query))
      .key("reports")
      .raw(truth_reports(world, query))
      .close();
  return out.take();
}

std::string logged_requests(const World& world, std::size_t last) {
  const auto& log = world.tally.log();
  JsonWriter out;
  out.open().key("requests").open('[');
  for (std::size_t i = log.size() - std::min(last, log.size()); i < log.size(); ++i) {
    const LoggedRequest& request = log[i];
    out.open().field("at", epoch_millis(request.at)).field("call", call_name(request.call));
    out.field("method", request.method)
        .field("path", request.path)
        .field("query", request.query)
        .field("user_agent", request.user_agent)
        .field("project_id", request.project_id);
    out.field("instance_id", request.instance_id)
        .field("status", request.status)
        .field("fault", request.fault)
        .close();
  }
  return out.close(']').close().take();
}

}  // namespace dbss_sim
