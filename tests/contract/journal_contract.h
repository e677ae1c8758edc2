// Every Journal, held against what the port promises.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "fakes/journal_samples.h"
#include "fakes/memory_journal.h"
#include "fakes/temp_directory.h"
#include "journal/sqlite_journal.h"

namespace dbssd::journal {

inline const ProjectName kProd("prod");
inline const ProjectName kLab("lab");
inline constexpr Instant kEver = Instant::min();

struct Kind {
  const char* name;
  std::function<std::unique_ptr<Journal>(const std::string& directory)> open;
};

inline std::unique_ptr<Journal> on_disk(const std::string& directory) {
  return std::move(open_sqlite(directory + "/state.db", Access::read_write).value().journal);
}

inline std::unique_ptr<Journal> in_memory(const std::string&) {
  return std::make_unique<fakes::MemoryJournal>();
}

class JournalContract : public ::testing::TestWithParam<Kind> {
 protected:
  Remembered loaded(const ProjectName& project = kProd, Instant since = kEver) {
    return journal_->load(project, since).value();
  }
  std::vector<RunRecord> history(const ProjectName& project = kProd) {
    return journal_->runs(project, {}).value();
  }
  void commit(const Batch& batch, const ProjectName& project = kProd) {
    const auto done = journal_->commit(project, batch);
    ASSERT_TRUE(done) << done.error().message;
  }
  void expect_refused(const Batch& batch) {
    const auto done = journal_->commit(kProd, batch);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, ErrorKind::rejected);
    EXPECT_FALSE(done.error().message.empty());
  }

  fakes::TempDirectory directory_;
  std::unique_ptr<Journal> journal_ = GetParam().open(directory_.path());
};

inline Batch batch_of(std::vector<RunRecord> runs) {
  Batch batch;
  batch.runs = std::move(runs);
  return batch;
}

inline RunRecord claiming(const char* instance, long scheduled, const char* report) {
  RunRecord run = fakes::due_run("daily", instance, fakes::at(scheduled));
  run.report_id = ReportId(report);
  return run;
}

/// Joined into the report of the later time.
inline RunRecord merged(const char* report, const char* instance, long scheduled, long carrier) {
  RunRecord run = fakes::due_run(report, instance, fakes::at(scheduled));
  run.window.begin = fakes::at(scheduled) - std::chrono::hours{1};
  run.state = RunState::merged;
  run.served_by = fakes::at(carrier);
  return run;
}

// To be had by each suite that is about every Journal.
inline auto every_journal() {
  return ::testing::Values(Kind{"OnDisk", on_disk}, Kind{"InMemory", in_memory});
}
inline std::string name_of(const ::testing::TestParamInfo<Kind>& test) { return test.param.name; }

}  // namespace dbssd::journal
