#include <algorithm>
#include <map>
#include <utility>

#include "planner/archives.h"
#include "planner/backoff.h"
#include "planner/learn.h"
#include "planner/looks.h"
#include "planner/runs.h"
#include "planner/words.h"

namespace dbssd::planner {

using telemetry::Event;
using telemetry::EventId;

namespace {

constexpr Millis kLookAgain = std::chrono::hours{1};
constexpr Millis kLookForMore = std::chrono::minutes{1};
constexpr Millis kRemoveAgain = std::chrono::hours{1};

/// From when the service took a report on: what it refuses for so long it will not give any more, and
/// an archive that nobody has mended for so long would have the unarchived pile up for ever.
constexpr Seconds kRefusedAtMost = std::chrono::hours{24};
constexpr Seconds kFailingAtMost = std::chrono::days{14};
/// Neither a restart nor a clock that is off is a failure: this process has tried it, too.
constexpr int kTriedAtLeast = 5;

bool is_given_up(const Run& run, const Error& error, const Now& now) {
  // A project that fails as a whole says nothing of this report, and finishes no others meanwhile.
  if (concerns_everyone(error.kind) || run.download_failures < kTriedAtLeast) return false;
  if (now.mono - run.download_failing_since.value_or(now.mono) < kWatchAtLeast) return false;
  const Seconds patience = was_declined(error.kind) ? kRefusedAtMost : kFailingAtMost;
  return now.mono - run.watched_since >= patience;
}

void give_up(const Learning& in, std::map<journal::RunKey, Run, ByInstance>::iterator it,
             const Error& error) {
  journal::RunRecord& record = it->second.record;
  record.archive_pending = false;
  record.archive_error = error.message;
  Event event = run_event(EventId::report_archive_failed, in.scope, in.memory, record,
                          "the finished report was not archived, and is given up");
  in.say(with_error(std::move(event), error));
  in.learned.records.runs.push_back(std::move(record));
  in.memory.runs.erase(it);
}

}  // namespace

void learn_downloaded(const Learning& in, const DownloadReport& call, const Answer& answer) {
  const auto it = in.memory.runs.find(call.run);
  if (it == in.memory.runs.end()) return;
  Run& run = it->second;
  run.download_in_flight = false;
  if (!answer.reply) {
    const Error& error = answer.reply.error();
    if (!run.download_failing_since) run.download_failing_since = in.now.mono;
    run.retry_at = in.now.mono + std::max(backoff(call.report_id.str(), ++run.download_failures, Seconds{5},
                                                  std::chrono::minutes{30}),
                                          asked_wait(error));
    if (is_given_up(run, error, in.now)) return give_up(in, it, error);
    if (run.download_failures > 1) return;
    Event event = run_event(EventId::report_archive_failed, in.scope, in.memory, run.record,
                            "the finished report could not be archived; it is tried again");
    return in.say(with_error(std::move(event), error));
  }
  const auto& file = std::get<Downloaded>(*answer.reply);
  run.record.archive_pending = false;
  run.record.archived = file.path;
  run.record.archived_bytes = file.bytes;
  run.record.archived_sha256 = file.sha256;
  Event event =
      run_event(EventId::report_archived, in.scope, in.memory, run.record, "the report is archived");
  event.reason = archived_file(run.record);
  event.duration = answer.took;
  in.say(std::move(event));
  in.learned.records.runs.push_back(run.record);
  in.memory.runs.erase(it);
}

void learn_expired(const Learning& in, const FindExpiredArchives& call, const Answer& answer) {
  Look& look = in.memory.archive_look;
  if (!answer.reply) {
    failed(look, answer.reply.error(), "archive", in.now, kLookAgain);
    if (look.failures > 1) return;
    Event event = event_of(EventId::state_failed, in.scope,
                           "it cannot be looked up which archived reports have been kept long enough");
    return in.say(with_error(std::move(event), answer.reply.error()));
  }
  const auto& seen = std::get<ExpiredArchives>(*answer.reply);
  auto former = std::exchange(in.memory.expired_archives, {});
  bool has_news = false;
  for (const journal::RunRecord& run : seen.runs) {
    const auto known = former.find(run.key);
    has_news |= known == former.end();
    ExpiredArchive& expired = in.memory.expired_archives[run.key];
    if (known != former.end()) expired = std::move(known->second);
    expired.record = run;
  }
  std::map<ReportName, std::size_t> found;
  for (const journal::RunRecord& run : seen.runs) ++found[run.key.report];
  const bool has_more =
      has_news && std::ranges::any_of(found, [&call](const auto& each) { return each.second >= call.limit; });
  succeeded(look, answer.sent_at, in.now, has_more ? kLookForMore : kLookAgain);
}

void learn_removed(const Learning& in, const RemoveArchived& call, const Answer& answer) {
  const auto it = in.memory.expired_archives.find(call.run);
  if (it == in.memory.expired_archives.end()) return;
  ExpiredArchive& expired = it->second;
  journal::RunRecord& record = expired.record;
  if (!answer.reply) {
    expired.in_flight = false;
    expired.retry_at = in.now.mono + kRemoveAgain;
    if (++expired.failures > 1) return;
    Event event = run_event(
        EventId::report_archive_failed, in.scope, in.memory, record,
        "an archived report that has been kept long enough could not be removed; it is tried again");
    return in.say(with_error(std::move(event), answer.reply.error()));
  }
  record.archive_removed_at = in.now.second();
  in.learned.records.runs.push_back(record);
  const bool was_there = std::get<Removed>(*answer.reply).was_there;
  Event event = run_event(EventId::report_archive_removed, in.scope, in.memory, record,
                          was_there ? "an archived report has been kept long enough and was removed"
                                    : "an archived report that has been kept long enough was gone already");
  event.reason = archived_file(record);
  in.say(std::move(event));
  in.memory.expired_archives.erase(it);
}

}  // namespace dbssd::planner
