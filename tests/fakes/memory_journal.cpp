#include "fakes/memory_journal.h"

#include <algorithm>
#include <set>

namespace dbssd::fakes {

MemoryJournal::MemoryJournal() = default;

MemoryJournal::~MemoryJournal() = default;

Expected<journal::Remembered> MemoryJournal::load(const ProjectName& project, Instant starts_since) {
  const std::lock_guard lock(mutex_);
  if (auto refused = refusal(failing_reads_)) return fail(std::move(*refused));
  const Shelf& shelf = shelves_[project];
  journal::Remembered memory;
  memory.project = shelf.project;
  for (const auto& [key, r] : shelf.instances) memory.instances.push_back(r);
  for (const auto& [key, r] : shelf.starts)
    if (r.requested_at >= starts_since || !r.settled_at) memory.starts.push_back(r);
  for (const auto& [key, r] : shelf.schedules) memory.schedules.push_back(r);
  std::map<journal::RunKey, journal::Joined> joined;
  for (const auto& [key, r] : shelf.runs) {
    if (r.state == journal::RunState::merged && r.served_by) {
      const journal::RunKey carrier{r.key.report, r.key.instance, *r.served_by};
      const auto [it, is_new] = joined.try_emplace(carrier, journal::Joined{carrier, r.window.begin, 0});
      it->second.begin = std::min(it->second.begin, r.window.begin);
      ++it->second.runs;
    } else if (open(r)) {
      memory.open_runs.push_back(r);
    }
  }
  for (auto& [carrier, j] : joined) memory.joined.push_back(j);
  for (const auto& [key, r] : shelf.jobs) memory.jobs.push_back(r);
  for (const auto& [key, r] : shelf.summaries) memory.summaries.push_back(r);
  return memory;
}

Expected<void> MemoryJournal::commit(const ProjectName& project, const journal::Batch& batch) {
  const std::lock_guard lock(mutex_);
  if (auto refused = refusal(failing_commits_)) return fail(std::move(*refused));
  Shelf& shelf = shelves_[project];
  if (auto allowed = allow(shelf, batch); !allowed) {
    allowed.error().message += " of project " + project.str();
    return allowed;
  }
  if (batch.project) shelf.project = batch.project;
  for (const auto& id : batch.gone_instances) shelf.instances.erase(id);
  for (const auto& r : batch.instances) shelf.instances[r.id] = r;
  for (const auto& r : batch.starts) shelf.starts[{r.requested_at, r.instance}] = r;
  for (const auto& key : batch.ended_schedules) shelf.schedules.erase(key);
  for (const auto& r : batch.schedules) shelf.schedules[{r.report, r.instance}] = r;
  for (const auto& r : batch.runs) shelf.runs[order(r.key)] = r;
  for (const auto& s : batch.served) serve(shelf, s);
  for (const auto& r : batch.jobs) shelf.jobs[{r.resource_id, r.id}] = r;
  for (const auto& r : batch.summaries) shelf.summaries[r.busi_type] = r;
  batches_.push_back({project, batch});
  return {};
}

Expected<std::vector<journal::RunRecord>> MemoryJournal::archived_runs(const ProjectName& project,
                                                                       const ReportName& report,
                                                                       Instant before,
                                                                       const std::string& below,
                                                                       std::size_t limit) {
  const std::lock_guard lock(mutex_);
  if (auto refused = refusal(failing_reads_)) return fail(std::move(*refused));
  std::vector<journal::RunRecord> found;
  for (const auto& [key, r] : shelves_[project].runs)
    if (r.key.report == report && r.key.scheduled < before && in_archive(r) && r.archived.starts_with(below))
      found.push_back(r);
  if (found.size() > limit) found.resize(limit);
  return found;
}

Expected<std::vector<ReportId>> MemoryJournal::claimed_reports(const ProjectName& project,
                                                               const InstanceId& instance,
                                                               const std::vector<ReportId>& listed) {
  const std::lock_guard lock(mutex_);
  if (auto refused = refusal(failing_reads_)) return fail(std::move(*refused));
  std::set<ReportId> claimed;
  for (const auto& [key, r] : shelves_[project].runs)
    if (r.key.instance == instance && !r.report_id.empty()) claimed.insert(r.report_id);
  std::vector<ReportId> reports;
  for (const ReportId& id : listed)
    if (claimed.contains(id)) reports.push_back(id);
  return reports;
}

Expected<std::vector<ProjectName>> MemoryJournal::projects() {
  const std::lock_guard lock(mutex_);
  if (auto refused = refusal(failing_reads_)) return fail(std::move(*refused));
  std::vector<ProjectName> names;
  for (const auto& [name, shelf] : shelves_) {
    const bool is_open =
        std::ranges::any_of(shelf.runs, [](const auto& entry) { return open(entry.second); }) ||
        std::ranges::any_of(shelf.schedules,
                            [](const auto& entry) { return !entry.second.expression.empty(); });
    if (is_open) names.push_back(name);
  }
  return names;
}

Expected<std::vector<journal::RunRecord>> MemoryJournal::runs(const ProjectName& project,
                                                              const journal::RunQuery& query) {
  const std::lock_guard lock(mutex_);
  if (auto refused = refusal(failing_reads_)) return fail(std::move(*refused));
  std::vector<journal::RunRecord> found;
  for (const auto& [key, r] : shelves_[project].runs) {
    if (found.size() == query.limit) break;
    if (is_asked_for(r, query)) found.push_back(r);
  }
  return found;
}

Expected<std::size_t> MemoryJournal::prune(Instant before, const std::stop_token&) {
  const std::lock_guard lock(mutex_);
  if (auto refused = refusal(failing_commits_)) return fail(std::move(*refused));
  std::size_t gone = 0;
  for (auto& each : shelves_) {
    auto& shelf = each.second;
    gone += std::erase_if(shelf.runs, [&](const auto& entry) {
      const auto& r = entry.second;
      return r.outcome && r.settled_at && *r.settled_at < before && !r.archive_pending && !in_archive(r);
    });
    gone += std::erase_if(shelf.starts, [&](const auto& entry) {
      return entry.second.settled_at && *entry.second.settled_at < before;
    });
    gone += std::erase_if(shelf.jobs, [&](const auto& entry) {
      return entry.second.settled && entry.second.first_seen < before;
    });
    if (shelf.project && shelf.project->noted_at < before) {
      shelf.project.reset();
      ++gone;
    }
    gone += std::erase_if(shelf.instances, [&](const auto& entry) {
      const auto& r = entry.second;
      return r.vanished && r.vanished_at.value_or(r.changed_at) < before && !mentioned(shelf, entry.first);
    });
  }
  return gone;
}

void MemoryJournal::fail_commits(std::size_t times, Error error) {
  const std::lock_guard lock(mutex_);
  failing_commits_.assign(times, std::move(error));
}

void MemoryJournal::fail_reads(std::size_t times, Error error) {
  const std::lock_guard lock(mutex_);
  failing_reads_.assign(times, std::move(error));
}

std::vector<std::pair<ProjectName, journal::Batch>> MemoryJournal::batches() const {
  const std::lock_guard lock(mutex_);
  return batches_;
}

MemoryJournal::Backup MemoryJournal::backup() const {
  const std::lock_guard lock(mutex_);
  return shelves_;
}

void MemoryJournal::put_back(Backup backup) {
  const std::lock_guard lock(mutex_);
  shelves_ = std::move(backup);
}

std::vector<journal::RunRecord> MemoryJournal::all_runs(const ProjectName& project) const {
  const std::lock_guard lock(mutex_);
  std::vector<journal::RunRecord> all;
  if (const auto shelf = shelves_.find(project); shelf != shelves_.end())
    for (const auto& [key, r] : shelf->second.runs) all.push_back(r);
  return all;
}

void MemoryJournal::serve(Shelf& shelf, const journal::Served& served) {
  for (auto& [key, r] : shelf.runs) {
    if (r.state != journal::RunState::merged || r.key.report != served.carrier.report ||
        r.key.instance != served.carrier.instance || r.served_by != served.carrier.scheduled)
      continue;
    r.state = journal::RunState::settled;
    r.outcome = served.outcome;
    r.reason = served.reason;
    r.settled_at = served.settled_at;
  }
}

bool MemoryJournal::open(const journal::RunRecord& r) { return !r.outcome || r.archive_pending; }

bool MemoryJournal::in_archive(const journal::RunRecord& r) {
  return !r.archived.empty() && !r.archive_removed_at;
}

MemoryJournal::RunOrder MemoryJournal::order(const journal::RunKey& key) {
  return {key.scheduled, key.report, key.instance};
}

bool MemoryJournal::is_asked_for(const journal::RunRecord& r, const journal::RunQuery& query) {
  return r.key.scheduled >= query.from && r.key.scheduled < query.to &&
         (!query.report || r.key.report == *query.report) &&
         (!query.instance || r.key.instance == *query.instance) && r.window.end > query.reached.begin &&
         r.window.begin < query.reached.end && (!query.after || order(*query.after) < order(r.key));
}

std::optional<Error> MemoryJournal::refusal(std::deque<Error>& failures) {
  if (failures.empty()) return std::nullopt;
  Error error = std::move(failures.front());
  failures.pop_front();
  return error;
}

bool MemoryJournal::mentioned(const Shelf& shelf, const InstanceId& id) {
  return std::ranges::any_of(shelf.schedules, [&](const auto& e) { return e.second.instance == id; }) ||
         std::ranges::any_of(
             shelf.starts, [&](const auto& e) { return e.second.instance == id && !e.second.settled_at; }) ||
         std::ranges::any_of(shelf.runs,
                             [&](const auto& e) { return e.second.key.instance == id && open(e.second); });
}

Expected<void> MemoryJournal::allow(const Shelf& shelf, const journal::Batch& batch) {
  std::map<RunOrder, journal::RunRecord> written;
  const auto now = [&](const RunOrder& key) -> const journal::RunRecord* {
    if (const auto it = written.find(key); it != written.end()) return &it->second;
    if (const auto it = shelf.runs.find(key); it != shelf.runs.end()) return &it->second;
    return nullptr;
  };
  std::map<std::pair<InstanceId, ReportId>, RunOrder> claims;
  for (const auto& [key, r] : shelf.runs)
    if (!r.report_id.empty()) claims[{r.key.instance, r.report_id}] = key;
  for (const auto& r : batch.runs) {
    const RunOrder key = order(r.key);
    const std::string name =
        ": run " + format_utc(r.key.scheduled) + ' ' + r.key.report.str() + ' ' + r.key.instance.str();
    const bool settled = r.state == journal::RunState::settled;
    if (r.outcome.has_value() != settled || r.settled_at.has_value() != settled)
      return fail(ErrorKind::rejected,
                  "a run has an outcome and its instant exactly when it is settled" + name);
    const journal::RunRecord* old = now(key);
    if (old != nullptr && old->outcome && r.outcome != old->outcome)
      return fail(ErrorKind::rejected, "an outcome is recorded once" + name);
    if (old != nullptr && !old->report_id.empty()) claims.erase({old->key.instance, old->report_id});
    if (!r.report_id.empty() && !claims.emplace(std::pair{r.key.instance, r.report_id}, key).second)
      return fail(ErrorKind::rejected, "another run has claimed the report " + r.report_id.str() + name);
    written[key] = r;
  }
  return {};
}

}  // namespace dbssd::fakes
