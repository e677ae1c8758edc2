#include "unit/journal/damaged_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "fakes/journal_samples.h"

namespace dbssd::journal {

namespace fs = std::filesystem;

Batch batch_of(RunRecord run) {
  Batch batch;
  batch.runs.push_back(std::move(run));
  return batch;
}

Batch batch_of(InstanceRecord instance) {
  Batch batch;
  batch.instances.push_back(std::move(instance));
  return batch;
}

std::vector<RunRecord> sample_runs() {
  std::vector<RunRecord> runs;
  for (int i = 0; i < 200; ++i) {
    RunRecord run = fakes::full_run("daily", "i-" + std::to_string(i % 10), fakes::at(i));
    run.databases = {"db-1"};
    run.reason = "run " + std::to_string(i) + " was listed at 100 %";
    if (i % 50 == 0) run = fakes::due_run("daily", "i-" + std::to_string(i % 10), fakes::at(i));
    runs.push_back(std::move(run));
  }
  return runs;
}

void write_sample(const std::string& path) {
  auto journal = open_or_fail(path).journal;
  Batch batch;
  batch.project = fakes::project();
  batch.runs = sample_runs();
  for (int i = 0; i < 20; ++i) batch.instances.push_back(fakes::instance("i-" + std::to_string(i)));
  for (int i = 0; i < 20; ++i) batch.starts.push_back(fakes::start("i-1", fakes::at(i)));
  for (int i = 0; i < 10; ++i) batch.schedules.push_back(fakes::schedule("daily", "i-" + std::to_string(i)));
  batch.jobs = {fakes::job("res-1", "job-1")};
  batch.summaries = {fakes::summary(cloud::BusiType::audit)};
  const auto done = journal->commit(kProject, batch);
  ASSERT_TRUE(done) << done.error().message;
}

std::string bytes_of(const std::string& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

void put_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

std::vector<RunRecord> all_runs(Journal& journal) {
  auto runs = journal.runs(kProject, {.limit = 1000000});
  EXPECT_TRUE(runs) << runs.error().message;
  return runs.value_or(std::vector<RunRecord>{});
}

std::vector<std::string> siblings(const std::string& path, const std::string& suffix) {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(fs::path(path).parent_path())) {
    const std::string name = entry.path().string();
    if (name.starts_with(path + suffix) && !name.ends_with("-wal") && !name.ends_with("-shm"))
      found.push_back(name);
  }
  return found;
}

Opened open_or_fail(const std::string& path) {
  auto opened = open_sqlite(path, Access::read_write);
  if (!opened) throw std::runtime_error(opened.error().message);
  return std::move(*opened);
}

}  // namespace dbssd::journal
