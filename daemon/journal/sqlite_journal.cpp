#include "journal/sqlite_journal.h"

#include <atomic>
#include <utility>

#include "journal/batch_writer.h"
#include "journal/checkpoint.h"
#include "journal/group_commit.h"
#include "journal/prune.h"
#include "journal/reader.h"
#include "journal/sqlite_file.h"

namespace dbssd::journal {
namespace {

using sqlite::Connection;

/// To callers every failure is this host's, but for a batch that is refused.
Error as_internal(Error error) {
  error.kind = ErrorKind::internal;
  return error;
}

/// One connection writes, another reads; the lanes take turns at each.
class SqliteJournal final : public Journal {
 public:
  static Expected<std::unique_ptr<Journal>> over(sqlite::WritableFile file, Connection reader) {
    std::unique_ptr<SqliteJournal> journal(new SqliteJournal(std::move(file), std::move(reader)));
    auto batches = sqlite::BatchWriter::on(journal->writer_);
    if (!batches) return journal->gone_wrong(std::move(batches.error()));
    journal->batches_ = std::move(*batches);
    auto group = sqlite::GroupCommit::on(
        journal->writer_, [&checkpoint = *journal->checkpoint_] { checkpoint.after_commit(); });
    if (!group) return journal->gone_wrong(std::move(group.error()));
    journal->group_ = std::move(*group);
    return journal;
  }

  ~SqliteJournal() override {
    group_.reset();
    checkpoint_.reset();
    batches_ = {};
    reader_.reset();
    // Leaves an empty write-ahead log: the next start can trust the file at once. What fails here costs only
    // that.
    const bool emptied = writer_.execute("PRAGMA wal_checkpoint(TRUNCATE)").has_value();
    writer_ = Connection();
    if (emptied && !damaged_) lock_.closed();
  }

  Expected<Remembered> load(const ProjectName& project, Instant starts_since) override {
    return noted(reader_->load(project, starts_since));
  }
  Expected<void> commit(const ProjectName& project, const Batch& batch) override {
    if (batch.empty()) return {};
    auto done = group_->run([&] { return batches_.write(project, batch); });
    if (!done && done.error().kind == ErrorKind::rejected) return done;
    return noted(std::move(done));
  }
  Expected<std::vector<RunRecord>> archived_runs(const ProjectName& project, const ReportName& report,
                                                 Instant before, const std::string& below,
                                                 std::size_t limit) override {
    return noted(reader_->archived_runs(project, report, before, below, limit));
  }
  Expected<std::vector<ReportId>> claimed_reports(const ProjectName& project, const InstanceId& instance,
                                                  const std::vector<ReportId>& listed) override {
    return noted(reader_->claimed_reports(project, instance, listed));
  }
  Expected<std::vector<ProjectName>> projects() override { return noted(reader_->projects()); }
  Expected<std::vector<RunRecord>> runs(const ProjectName& project, const RunQuery& query) override {
    return noted(reader_->runs(project, query));
  }
  Expected<std::size_t> prune(Instant before, const std::stop_token& stop) override {
    return noted(sqlite::prune(writer_, *group_, before, stop));
  }

 private:
  SqliteJournal(sqlite::WritableFile file, Connection reader)
      : lock_(std::move(file.lock)),
        writer_(std::move(file.connection)),
        reader_(std::make_unique<sqlite::Reader>(std::move(reader))),
        checkpoint_(std::make_unique<sqlite::Checkpoint>(writer_, [this] { return reader_->pause(); })) {}

  /// Damage that is met at work is noted for the next start, which recovers what it can.
  tl::unexpected<Error> gone_wrong(Error error) {
    if (error.kind == ErrorKind::malformed && !damaged_.exchange(true)) lock_.damaged();
    return fail(as_internal(std::move(error)));
  }
  template <class T>
  Expected<T> noted(Expected<T> result) {
    if (!result) return gone_wrong(std::move(result.error()));
    return result;
  }

  FileLock lock_;
  Connection writer_;
  sqlite::BatchWriter batches_;  // used by the leader of the group alone
  std::unique_ptr<sqlite::Reader> reader_;
  std::unique_ptr<sqlite::Checkpoint> checkpoint_;
  std::unique_ptr<sqlite::GroupCommit> group_;
  std::atomic<bool> damaged_{false};
};

class ReadOnlyJournal final : public Journal {
 public:
  explicit ReadOnlyJournal(Connection connection) : reader_(std::move(connection)) {}

  Expected<Remembered> load(const ProjectName& project, Instant starts_since) override {
    return reader_.load(project, starts_since).map_error(as_internal);
  }
  Expected<void> commit(const ProjectName&, const Batch&) override { return refused(); }
  Expected<std::vector<RunRecord>> archived_runs(const ProjectName& project, const ReportName& report,
                                                 Instant before, const std::string& below,
                                                 std::size_t limit) override {
    return reader_.archived_runs(project, report, before, below, limit).map_error(as_internal);
  }
  Expected<std::vector<ReportId>> claimed_reports(const ProjectName& project, const InstanceId& instance,
                                                  const std::vector<ReportId>& listed) override {
    return reader_.claimed_reports(project, instance, listed).map_error(as_internal);
  }
  Expected<std::vector<ProjectName>> projects() override { return reader_.projects().map_error(as_internal); }
  Expected<std::vector<RunRecord>> runs(const ProjectName& project, const RunQuery& query) override {
    return reader_.runs(project, query).map_error(as_internal);
  }
  Expected<std::size_t> prune(Instant, const std::stop_token&) override { return refused(); }

 private:
  static tl::unexpected<Error> refused() {
    return fail(ErrorKind::internal, "the journal was opened to be read only");
  }

  sqlite::Reader reader_;
};

Expected<Opened> open_read_only(const std::string& path) {
  auto connection = sqlite::open_to_read(path);
  if (!connection) return fail(as_internal(std::move(connection.error())));
  return Opened{std::make_unique<ReadOnlyJournal>(std::move(*connection)), {}};
}

}  // namespace

Expected<Keeper> keeper_of(const std::string& path) {
  const auto file = sqlite::resolved(path);
  if (!file) return fail(file.error());
  return FileLock::keeper(sqlite::lock_of(*file));
}

Expected<Opened> open_sqlite(const std::string& path, Access access) {
  const auto file = sqlite::resolved(path);
  if (access == Access::read_only) return open_read_only(file ? *file : path);
  if (!file) return fail(file.error());
  auto writable = sqlite::open_to_write(*file);
  if (!writable) return fail(as_internal(std::move(writable.error())));
  auto reader = sqlite::open_to_read(*file);
  if (!reader) return fail(as_internal(std::move(reader.error())));
  std::string recovered = std::move(writable->recovered);
  auto journal = SqliteJournal::over(std::move(*writable), std::move(*reader));
  if (!journal) return fail(as_internal(std::move(journal.error())));
  return Opened{std::move(*journal), std::move(recovered)};
}

}  // namespace dbssd::journal
