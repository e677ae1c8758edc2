#include "simulator/instances_page.h"

#include "simulator/calendar.h"
#include "simulator/json_writer.h"

namespace dbss_sim {
namespace {

constexpr std::size_t kBytesPerInstance = 1100;

// Writes the scalars of one instance in the looseness that is its own, the same on every page.
class Spelling {
 public:
  Spelling(JsonWriter& out, const ListForm& form, std::uint64_t quirks)
      : out_(out),
        coins_(form.behaviour.loose ? quirks : 0),
        camel_(form.behaviour.camel_case && (quirks >> 60) % 3 == 0) {}

  std::string_view key(std::string_view snake, std::string_view camel) const {
    return camel_ ? camel : snake;
  }
  void number(std::string_view key, std::int64_t value) {
    coins_.flip() ? out_.field(key, std::to_string(value)) : out_.field(key, value);
  }
  void digits(std::string_view key, std::int64_t value) {
    coins_.flip() ? out_.field(key, value) : out_.field(key, std::to_string(value));
  }
  void nothing(std::string_view key) {
    if (!coins_.flip()) out_.key(key).null();
  }

 private:
  JsonWriter& out_;
  Coins coins_;
  bool camel_;
};

void write_instance(JsonWriter& out, const Instance& instance, const Project& project, const ListForm& form,
                    Instant now) {
  const InstanceSpec& spec = instance.spec;
  Spelling spelling(out, form, instance.quirks);
  const bool yearly = instance.quirks % 4 == 3;
  out.open();
  out.field("name", spec.name).field("comment", "");
  spelling.nothing(spelling.key("connect_ipv6", "connectIpv6"));
  out.field("status", spec.status).field("task", spec.task);
  out.field(form.instance_id_key ? "instance_id" : "id", spec.id);
  out.field("specification", "Low | 3 Proxy").field("created", date_time_text(instance.created));
  if (yearly) {
    out.field("expired", date_time_text(now + std::chrono::hours(24 * 23)));
  } else {
    spelling.nothing("expired");
  }
  out.raw(project.network);
  spelling.number("cpu", 4);
  spelling.number("ram", 16384);
  out.field("version", "21.04.16.164614").field("charge_model", yearly ? "Period" : "Demand");
  const auto remain_days = spelling.key("remain_days", "remainDays");
  yearly ? spelling.digits(remain_days, 23) : spelling.nothing(remain_days);
  spelling.number(spelling.key("config_num", "configNum"), static_cast<std::int64_t>(spec.databases->size()));
  if (spec.effect) {
    spelling.number("effect", *spec.effect);
  } else if (form.behaviour.loose && instance.quirks % 5 == 0) {
    out.field("effect", 0);
  } else {
    spelling.nothing("effect");
  }
  spelling.nothing("scene");
  out.field("connect_ip", "192.168.0." + std::to_string(instance.quirks % 254 + 1));
  out.field("port_id", "dc4bd420" + spec.resource_id.substr(8)).field("resource_id", spec.resource_id);
  out.field("resource_spec_code", "dbss.bypassaudit.low");
  spelling.nothing("keep_days");
  spelling.nothing("new_version");
  spelling.number("database_limit", 3);
  const bool newest = form.instances_key && form.instance_id_key;
  const bool more = form.behaviour.loose && instance.quirks % 3 == 0;
  if (newest || more) {
    out.field("timezone", spec.timezone).field("enterprise_project_id", "0");
    out.key("failed_reason").null().key("upgrade_log").null();
    out.key("binding_db_type").raw("[]");
  }
  if (form.instances_key || more) out.key("supported_feature").raw(R"(["AGENT_AUDIT"])");
  out.close();
}

}  // namespace

std::string instances_page(std::span<Instance* const> page, const Project& project, const ListForm& form,
                           Instant now) {
  JsonWriter out;
  out.reserve(page.size() * kBytesPerInstance + 64);
  out.open().key(form.instances_key ? "instances" : "servers").open('[');
  for (Instance* instance : page) {
    settle(*instance, now);
    write_instance(out, *instance, project, form, now);
  }
  out.close(']');
  write_total(out, form.behaviour, static_cast<std::int64_t>(project.instances.size()),
              static_cast<std::int64_t>(page.size()));
  return out.close().take();
}

}  // namespace dbss_sim
