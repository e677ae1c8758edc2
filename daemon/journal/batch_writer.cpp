#include "journal/batch_writer.h"

#include <span>
#include <type_traits>

namespace dbssd::journal::sqlite {
namespace {

/// The key's values as a person would name the record: "run 2025-03-09T07:00:00Z daily-sox i-1".
template <class Record>
std::string name_of(const Record& record) {
  std::string name = Table<Record>::kName;
  int left = Table<Record>::kKeys;
  Table<Record>::each(record, [&](const char*, const auto& value) {
    if (left-- <= 0) return;
    using Value = std::remove_cvref_t<decltype(value)>;
    if constexpr (std::is_same_v<Value, Instant>) {
      name += ' ' + format_utc(value);
    } else if constexpr (std::is_enum_v<Value>) {
      name += ' ' + std::string(to_string(value));
    } else if constexpr (requires { value.str(); }) {
      name += ' ' + value.str();
    }
  });
  return name;
}

}  // namespace

Expected<BatchWriter> BatchWriter::on(Connection& connection) {
  BatchWriter writer;
  Expected<void> done;
  std::apply([&](auto&... upsert) { static_cast<void>(((done = upsert.prepare(connection)) && ...)); },
             writer.upserts_);
  if (!done) return fail(std::move(done.error()));
  auto end_schedule =
      connection.prepare("DELETE FROM schedule WHERE project = ?1 AND report = ?2 AND instance = ?3");
  if (!end_schedule) return fail(std::move(end_schedule.error()));
  writer.end_schedule_ = std::move(*end_schedule);
  return writer;
}

template <class Records>
Expected<void> BatchWriter::write_all(const std::string& project, const Records& records) {
  for (const auto& record : records) {
    auto done = write_one(project, record);
    if (!done) {
      if (done.error().kind == ErrorKind::rejected)
        done.error().message = name_of(record) + " of project " + project + ": " + done.error().message;
      return done;
    }
  }
  return {};
}

Expected<void> BatchWriter::end_schedules(const std::string& project, const Batch& batch) {
  for (const auto& [report, instance] : batch.ended_schedules) {
    Binder bind(end_schedule_, 1);
    bind(project);
    bind(report);
    bind(instance);
    if (auto done = end_schedule_.run(); !done) return done;
  }
  return {};
}

Expected<void> BatchWriter::write(const ProjectName& project, const Batch& batch) {
  const std::string& name = project.str();
  return end_schedules(name, batch)
      .and_then(
          [&] { return batch.project ? write_all(name, std::span(&*batch.project, 1)) : Expected<void>(); })
      .and_then([&] { return write_all(name, batch.instances); })
      .and_then([&] { return write_all(name, batch.starts); })
      .and_then([&] { return write_all(name, batch.schedules); })
      .and_then([&] { return write_all(name, batch.runs); })
      .and_then([&] { return write_all(name, batch.jobs); })
      .and_then([&] { return write_all(name, batch.summaries); });
}

}  // namespace dbssd::journal::sqlite
