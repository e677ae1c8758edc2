#include "engine/perform.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

#include "engine/archive.h"
#include "engine/archive_removal.h"

namespace dbssd::engine {

using planner::Reply;

namespace {

template <class T>
Expected<Reply> reply_of(Expected<T>&& answer) {
  if (!answer) return fail(std::move(answer.error()));
  return Reply(std::move(*answer));
}

Expected<Reply> reply_of(Expected<void>&& answer) {
  if (!answer) return fail(std::move(answer.error()));
  return Reply(planner::Accepted{});
}

struct Performer {
  const ProjectName& project;
  cloud::CloudApi& api;
  journal::Journal& journal;

  Expected<Reply> operator()(const planner::ListInstances&) const { return reply_of(api.list_instances()); }
  Expected<Reply> operator()(const planner::ListJobs& call) const {
    return reply_of(api.list_jobs(call.resource_id));
  }
  Expected<Reply> operator()(const planner::AskSummary& call) const {
    return reply_of(api.summary_task(call.busi_type));
  }
  Expected<Reply> operator()(const planner::ListTemplates& call) const {
    return reply_of(api.list_templates(call.instance));
  }
  Expected<Reply> operator()(const planner::StartInstance& call) const {
    return reply_of(api.start_instance(call.intent.instance));
  }
  Expected<Reply> operator()(const planner::CreateReport& call) const {
    const journal::RunRecord& run = call.intent;
    return reply_of(
        api.create_report(run.key.instance, {run.template_id, run.sent_begin, run.sent_end, run.databases}));
  }

  Expected<Reply> operator()(const planner::ListReports& call) const {
    auto listed = api.list_reports(call.instance, call.wanted);
    if (!listed) return fail(std::move(listed.error()));
    std::vector<ReportId> ids;
    ids.reserve(listed->reports.size());
    for (const cloud::Report& report : listed->reports) ids.push_back(report.id);
    auto claimed = journal.claimed_reports(project, call.instance, ids);
    if (!claimed) return fail(std::move(claimed.error()));
    return Reply(planner::ReportsSeen{std::move(*listed), std::move(*claimed)});
  }

  Expected<Reply> operator()(const planner::FindExpiredArchives& call) const {
    planner::ExpiredArchives found;
    for (const auto& rule : call.rules) {
      auto runs = journal.archived_runs(project, rule.report, rule.before, rule.below, call.limit);
      if (!runs) return fail(std::move(runs.error()));
      std::ranges::move(*runs, std::back_inserter(found.runs));
    }
    return Reply(std::move(found));
  }
  Expected<Reply> operator()(const planner::RemoveArchived& call) const {
    auto was_there = remove_archived(call.directory, call.path);
    if (!was_there) return fail(std::move(was_there.error()));
    return Reply(planner::Removed{*was_there});
  }
  Expected<Reply> operator()(const planner::DownloadReport& call) const {
    auto file = ArchiveFile::create(archive_path(call.directory, project, call.run));
    if (!file) return fail(std::move(file.error()));
    const auto sink = [&file](std::span<const char> bytes) { return file->write(bytes); };
    auto received = api.download_report(call.run.instance, call.report_id, call.locale, sink);
    // A full disk stops the transfer, and is the truer reason.
    if (auto error = file->error()) return fail(std::move(*error));
    if (!received) return fail(std::move(received.error()));
    auto archived = file->commit();
    if (!archived) return fail(std::move(archived.error()));
    return Reply(
        planner::Downloaded{std::move(archived->path), archived->bytes, std::move(archived->sha256)});
  }
};

}  // namespace

planner::Answer perform(const planner::Call& call, const ProjectName& project, cloud::CloudApi& api,
                        journal::Journal& journal, const Clock& clock) {
  const MonoTime sent_at = clock.now().mono;
  planner::Answer answer{call, Reply(planner::Accepted{}), sent_at, Millis::zero()};
  try {
    answer.reply = std::visit(Performer{project, api, journal}, call);
  } catch (const std::exception& thrown) {
    answer.reply = fail(planner::changes_the_cloud(call) ? ErrorKind::outcome_unknown : ErrorKind::internal,
                        std::string("unexpected: ") + thrown.what());
  }
  answer.token = api.token_life();
  answer.date = api.service_date();
  answer.took = std::chrono::floor<Millis>(clock.now().mono - sent_at);
  return answer;
}

}  // namespace dbssd::engine
