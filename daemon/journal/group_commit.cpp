#include "journal/group_commit.h"

#include <exception>
#include <utility>

namespace dbssd::journal::sqlite {

Expected<std::unique_ptr<GroupCommit>> GroupCommit::on(Connection& connection,
                                                       std::function<void()> afterwards) {
  std::unique_ptr<GroupCommit> group(new GroupCommit(connection, std::move(afterwards)));
  const std::pair<Statement*, const char*> statements[] = {{&group->begin_, "BEGIN IMMEDIATE"},
                                                           {&group->commit_, "COMMIT"},
                                                           {&group->savepoint_, "SAVEPOINT batch"},
                                                           {&group->release_, "RELEASE batch"},
                                                           {&group->undo_, "ROLLBACK TO batch"}};
  for (const auto& [statement, sql] : statements) {
    auto prepared = connection.prepare(sql);
    if (!prepared) return fail(std::move(prepared.error()));
    *statement = std::move(*prepared);
  }
  return group;
}

Expected<void> GroupCommit::run(const Work& work) {
  Waiting self{work, {}};
  std::unique_lock lock(mutex_);
  queue_.push_back(&self);  // cppcheck-suppress danglingLifetime; a leader has taken it out before it is done
  changed_.wait(lock, [&] { return self.done || !leading_; });
  if (!self.done) lead(lock);
  return std::move(self.result);
}

void GroupCommit::lead(std::unique_lock<std::mutex>& lock) {
  leading_ = true;
  const std::vector<Waiting*> group = std::exchange(queue_, {});
  lock.unlock();
  perform(group);
  lock.lock();
  for (Waiting* waiting : group) waiting->done = true;
  changed_.notify_all();
  lock.unlock();
  try {
    afterwards_();
  } catch (const std::exception&) {  // the next leader calls it again, and there has to be a next one
  }
  lock.lock();
  leading_ = false;
  changed_.notify_all();
}

std::size_t GroupCommit::waiting() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void GroupCommit::perform(std::span<Waiting* const> group) {
  Expected<void> done;
  try {
    done = begin_.run().and_then([&] { return perform_each(group); }).and_then([&] { return commit_.run(); });
  } catch (const std::exception& e) {  // another lane waits for this thread: it must be answered
    done = fail(ErrorKind::internal, e.what());
  }
  if (done) return;
  if (connection_.in_transaction()) static_cast<void>(connection_.execute("ROLLBACK"));
  for (Waiting* waiting : group)
    if (waiting->result) waiting->result = done;
}

Expected<void> GroupCommit::perform_each(std::span<Waiting* const> group) {
  for (Waiting* waiting : group) {
    if (auto done = perform_one(*waiting); !done) return done;
  }
  return {};
}

Expected<void> GroupCommit::perform_one(Waiting& waiting) {
  if (auto done = savepoint_.run(); !done) return done;
  auto worked = waiting.work();
  if (worked) return release_.run();
  if (worked.error().kind != ErrorKind::rejected || !connection_.in_transaction()) return worked;
  waiting.result = std::move(worked);
  return undo_.run().and_then([&] { return release_.run(); });
}

}  // namespace dbssd::journal::sqlite
