#include <algorithm>

#include "planner/learn.h"
#include "planner/looks.h"
#include "planner/words.h"

namespace dbssd::planner {

using telemetry::EventId;

namespace {

constexpr Millis kTemplatesLive = std::chrono::hours{1};

}  // namespace

void learn_templates(const Learning& in, const ListTemplates& call, const Answer& answer) {
  const auto it = in.memory.instances.find(call.instance);
  if (it == in.memory.instances.end()) return;
  Instance& instance = it->second;
  Reporting& reporting = instance.reporting.change();
  if (!answer.reply) {
    failed(reporting.template_look, answer.reply.error(), call.instance.str(), in.now,
           std::chrono::minutes{5});
    say_failed_look(in,
                    instance_event(EventId::cloud_refused, in.scope, instance.record,
                                   "the report templates of an instance cannot be listed"),
                    reporting.template_look, answer.reply.error());
    return;
  }
  succeeded(reporting.template_look, answer.sent_at, in.now, kTemplatesLive);
  const auto& listing = std::get<cloud::TemplateListing>(*answer.reply);
  reporting.templates = listing.templates;
  reporting.templates_doubt = listing.doubt;
  const auto [begin, end] = in.memory.runs.equal_range(call.instance);
  for (auto run = begin; run != end; ++run) {
    journal::RunRecord& record = run->second.record;
    if (record.template_id.empty() || !record.template_type.empty() || !record.template_name.empty())
      continue;
    const auto match = std::ranges::find(reporting.templates, record.template_id, &cloud::Template::id);
    if (match == reporting.templates.end()) continue;
    record.template_type = match->type;
    record.template_name = match->name;
    in.learned.records.runs.push_back(record);
  }
}

}  // namespace dbssd::planner
