#include "simulator/summary.h"

namespace dbss_sim {

SummaryTask SummaryTasks::at(const Behaviour& behaviour, const Clock& clock, const Chance& chance,
                             std::string_view project_id, std::string_view busi_type, Instant now) const {
  const Span period = std::max(clock.span(behaviour.summary_period), Span{20});
  // Projects take their turns at different times.
  const Span shift{
      static_cast<Span::rep>(chance.of(project_id, busi_type) % static_cast<std::uint64_t>(period.count()))};
  const auto since_epoch = now.time_since_epoch() + shift;
  const Instant cycle_begin{since_epoch - since_epoch % period - shift};

  SummaryTask task;
  task.id = since_epoch / period;
  task.begin = cycle_begin + period / 20;
  task.end = cycle_begin + period / 4;
  task.query_end = std::chrono::floor<std::chrono::seconds>(cycle_begin);
  task.query_begin = task.query_end - Clock::milliseconds(behaviour.summary_window);
  task.status = now < task.begin ? 0 : now < task.end ? 1 : behaviour.summary_fails ? 3 : 2;

  const auto set = overrides_.find(std::pair(std::string(project_id), std::string(busi_type)));
  if (set != overrides_.end()) {
    const SummaryOverride& values = set->second;
    task.status = values.status.value_or(task.status);
    if (values.query_begin_time) task.query_begin = Instant{Span{*values.query_begin_time}};
    if (values.query_end_time) task.query_end = Instant{Span{*values.query_end_time}};
  }
  return task;
}

void SummaryTasks::set(std::string project_id, std::string busi_type, SummaryOverride values) {
  overrides_.insert_or_assign({std::move(project_id), std::move(busi_type)}, values);
}

}  // namespace dbss_sim
