#include "overview/survey.h"

#include <algorithm>
#include <map>
#include <utility>

namespace dbssd::overview {
namespace {

/// Runs that are held at once, over all sources.
constexpr std::size_t kMostHeld = 4096;
constexpr std::size_t kLargestPage = 1000;

/// The runs of one source, a page at a time.
class Pages {
 public:
  Pages(journal::Journal& journal, const RunSource& source, journal::RunQuery query)
      : journal_(&journal), source_(&source), query_(std::move(query)) {
    query_.instance = source.instance;
    query_.after.reset();
  }

  [[nodiscard]] const ProjectName& project() const { return source_->project; }
  /// Null after the last one.
  [[nodiscard]] const journal::RunRecord* front() const { return at_ < page_.size() ? &page_[at_] : nullptr; }
  void pop() { ++at_; }

  /// Reads on where the page is used up.
  [[nodiscard]] Expected<void> fill() {
    if (at_ < page_.size() || ended_) return {};
    if (!page_.empty()) query_.after = page_.back().key;
    auto page = journal_->runs(source_->project, query_);
    if (!page) return fail(std::move(page.error()));
    ended_ = page->size() < query_.limit;
    page_ = std::move(*page);
    at_ = 0;
    return {};
  }

 private:
  journal::Journal* journal_;
  const RunSource* source_;
  journal::RunQuery query_;
  std::vector<journal::RunRecord> page_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

bool is_earlier(const Pages& a, const Pages& b) {
  if (a.front() == nullptr || b.front() == nullptr) return a.front() != nullptr;
  return a.front()->key.scheduled < b.front()->key.scheduled;
}

Series series_of(const ProjectName& project, const journal::RunRecord& run) {
  return {project, run.key.report, run.key.instance};
}

}  // namespace

Expected<void> each_run(journal::Journal& journal, const std::vector<RunSource>& sources,
                        const journal::RunQuery& query, const TakeRun& take) {
  journal::RunQuery page = query;
  page.limit =
      std::clamp<std::size_t>(kMostHeld / std::max<std::size_t>(sources.size(), 1), 16, kLargestPage);
  std::vector<Pages> all;
  for (const RunSource& source : sources) {
    all.emplace_back(journal, source, page);
    if (auto filled = all.back().fill(); !filled) return filled;
  }
  for (;;) {
    const auto next = std::ranges::min_element(all, is_earlier);
    if (next == all.end() || next->front() == nullptr) return {};
    take(next->project(), *next->front());
    next->pop();
    if (auto filled = next->fill(); !filled) return filled;
  }
}

Expected<std::vector<SeriesCoverage>> survey(journal::Journal& journal, const std::vector<RunSource>& sources,
                                             const std::optional<ReportName>& report, Instant from,
                                             Instant to, const TakeRun& take,
                                             const std::vector<Undecided>& undecided) {
  std::map<Series, planner::CoverageLedger> ledgers;
  Window span{Instant::max(), Instant::min()};
  const auto reach = [&span](const Window& window) {
    span = {std::min(span.begin, window.begin), std::max(span.end, window.end)};
  };
  const auto account = [&](const ProjectName& project, const journal::RunRecord& run) {
    take(project, run);
    ledgers[series_of(project, run)].take(run);
    reach(run.window);
  };
  auto read = each_run(journal, sources, {.from = from, .to = to, .report = report}, account);
  if (!read) return fail(std::move(read.error()));
  for (const Undecided& time : undecided) {
    ledgers[time.series].take_undecided(time.scheduled, time.window, time.reason);
    reach(time.window);
  }

  if (span.begin < span.end) {
    const auto beside = [&ledgers](const ProjectName& project, const journal::RunRecord& run) {
      const auto ledger = ledgers.find(series_of(project, run));
      if (ledger != ledgers.end()) ledger->second.take_beside(run);
    };
    // No run is scheduled before its window ends: earlier ones than these cannot reach into the span.
    read = each_run(journal, sources, {.from = span.begin, .to = from, .report = report, .reached = span},
                    beside);
    if (read) read = each_run(journal, sources, {.from = to, .report = report, .reached = span}, beside);
    if (!read) return fail(std::move(read.error()));
  }

  std::vector<SeriesCoverage> found;
  found.reserve(ledgers.size());
  for (const auto& [series, ledger] : ledgers) found.push_back({series, ledger.close()});
  return found;
}

}  // namespace dbssd::overview
