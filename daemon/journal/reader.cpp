#include "journal/reader.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "journal/queries.h"
#include "journal/rows.h"

namespace dbssd::journal::sqlite {
namespace {

template <class Record, class... Parameters>
Expected<void> fill(std::vector<Record>& to, Connection& connection, const ProjectName& project,
                    std::string_view rest, const Parameters&... parameters) {
  auto records = select<Record>(connection, project, rest, parameters...);
  if (!records) return fail(std::move(records.error()));
  if (to.empty()) {
    to = std::move(*records);
  } else {
    to.insert(to.end(), std::make_move_iterator(records->begin()), std::make_move_iterator(records->end()));
  }
  return {};
}

constexpr std::size_t kClaimsAtOnce = 256;

Expected<void> fill_joined(std::vector<Joined>& to, Connection& connection, const ProjectName& project) {
  auto statement = connection.prepare(kJoined);
  if (!statement) return fail(std::move(statement.error()));
  Binder bind(*statement, 1);
  bind(project);
  for (;;) {
    const auto row = statement->step();
    if (!row) return fail(row.error());
    if (!*row) return {};
    RowReader read(*statement, 0);
    Joined joined;
    read(joined.carrier.report);
    read(joined.carrier.instance);
    read(joined.carrier.scheduled);
    read(joined.begin);
    read(joined.runs);
    to.push_back(std::move(joined));
  }
}

Expected<void> fill_all(Remembered& memory, Connection& connection, const ProjectName& project,
                        Instant starts_since) {
  auto one = select<ProjectRecord>(connection, project, kProject);
  if (!one) return fail(std::move(one.error()));
  if (!one->empty()) memory.project = std::move(one->front());
  return fill(memory.instances, connection, project, kInstances)
      .and_then([&] { return fill(memory.starts, connection, project, kOlderOpenStarts, starts_since); })
      .and_then([&] { return fill(memory.starts, connection, project, kStartsSince, starts_since); })
      .and_then([&] { return fill(memory.schedules, connection, project, kSchedules); })
      .and_then([&] { return fill(memory.open_runs, connection, project, kOpenRuns); })
      .and_then([&] { return fill_joined(memory.joined, connection, project); })
      .and_then([&] { return fill(memory.jobs, connection, project, kJobs); })
      .and_then([&] { return fill(memory.summaries, connection, project, kSummaries); });
}

}  // namespace

Expected<Remembered> Reader::load(const ProjectName& project, Instant starts_since) {
  const std::lock_guard lock(mutex_);
  Remembered memory;
  auto done = connection_.execute("BEGIN").and_then(
      [&] { return fill_all(memory, connection_, project, starts_since); });
  if (connection_.in_transaction()) static_cast<void>(connection_.execute("COMMIT"));  // nothing was written
  if (!done) return fail(std::move(done.error()));
  return memory;
}

Expected<std::vector<RunRecord>> Reader::archived_runs(const ProjectName& project, const ReportName& report,
                                                       Instant before, const std::string& below,
                                                       std::size_t limit) {
  const std::lock_guard lock(mutex_);
  constexpr std::size_t kMost = std::numeric_limits<int>::max();
  return select<RunRecord>(connection_, project, kArchived, report, before, below,
                           static_cast<int>(std::min(limit, kMost)));
}

Expected<std::vector<ReportId>> Reader::claimed_reports(const ProjectName& project,
                                                        const InstanceId& instance,
                                                        const std::vector<ReportId>& listed) {
  std::vector<ReportId> claimed;
  for (std::size_t begin = 0; begin < listed.size(); begin += kClaimsAtOnce) {
    const std::lock_guard lock(mutex_);  // let go between chunks, for whoever waits
    const std::size_t end = std::min(begin + kClaimsAtOnce, listed.size());
    for (std::size_t i = begin; i < end; ++i) {
      const auto is = is_claimed(project, instance, listed[i]);
      if (!is) return fail(is.error());
      if (*is) claimed.push_back(listed[i]);
    }
  }
  return claimed;
}

Expected<bool> Reader::is_claimed(const ProjectName& project, const InstanceId& instance,
                                  const ReportId& report) {
  if (!claimed_prepared_) {
    auto prepared = connection_.prepare(kClaimed);
    if (!prepared) return fail(std::move(prepared.error()));
    claimed_ = std::move(*prepared);
    claimed_prepared_ = true;
  }
  Binder bind(claimed_, 1);
  bind(project);
  bind(instance);
  bind(report);
  auto row = claimed_.step();
  if (row) claimed_.reset();
  return row;
}

Expected<std::vector<ProjectName>> Reader::projects() {
  const std::lock_guard lock(mutex_);
  auto statement = connection_.prepare(kProjects);
  if (!statement) return fail(std::move(statement.error()));
  std::vector<ProjectName> names;
  for (;;) {
    const auto row = statement->step();
    if (!row) return fail(row.error());
    if (!*row) return names;
    names.emplace_back(std::string(statement->text(0)));
  }
}

Expected<std::vector<RunRecord>> Reader::runs(const ProjectName& project, const RunQuery& query) {
  const std::lock_guard lock(mutex_);
  constexpr std::size_t kMost = std::numeric_limits<int>::max();
  std::optional<Instant> last;
  if (query.after) last = query.after->scheduled;
  const RunKey after = query.after.value_or(RunKey{});
  // The page before ended at its last instant: no earlier one is looked at again.
  return select<RunRecord>(connection_, project, kHistory, std::max(query.from, last.value_or(query.from)),
                           query.to, query.report, query.instance, query.reached.begin, query.reached.end,
                           last, after.report, after.instance,
                           static_cast<int>(std::min(query.limit, kMost)));
}

}  // namespace dbssd::journal::sqlite
