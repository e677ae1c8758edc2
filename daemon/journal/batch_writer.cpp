#include "journal/batch_writer.h"

#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "journal/queries.h"

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
  const std::pair<Statement*, std::string_view> statements[] = {
      {&writer.end_schedule_, "DELETE FROM schedule WHERE project = ?1 AND report = ?2 AND instance = ?3"},
      {&writer.forget_instance_, "DELETE FROM instance WHERE project = ?1 AND id = ?2"},
      {&writer.serve_, kServe}};
  for (const auto& [statement, sql] : statements) {
    auto prepared = connection.prepare(sql);
    if (!prepared) return fail(std::move(prepared.error()));
    *statement = std::move(*prepared);
  }
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

Expected<void> BatchWriter::forget_instances(const std::string& project, const Batch& batch) {
  for (const InstanceId& instance : batch.gone_instances) {
    Binder bind(forget_instance_, 1);
    bind(project);
    bind(instance);
    if (auto done = forget_instance_.run(); !done) return done;
  }
  return {};
}

Expected<void> BatchWriter::serve(const std::string& project, const Batch& batch) {
  for (const Served& served : batch.served) {
    Binder bind(serve_, 1);
    bind(project);
    bind(served.carrier.report);
    bind(served.carrier.instance);
    bind(served.carrier.scheduled);
    bind(served.outcome);
    bind(served.reason);
    bind(served.settled_at);
    if (auto done = serve_.run(); !done) return done;
  }
  return {};
}

Expected<void> BatchWriter::write(const ProjectName& project, const Batch& batch) {
  const std::string& name = project.str();
  return end_schedules(name, batch)
      .and_then([&] { return forget_instances(name, batch); })
      .and_then(
          [&] { return batch.project ? write_all(name, std::span(&*batch.project, 1)) : Expected<void>(); })
      .and_then([&] { return write_all(name, batch.instances); })
      .and_then([&] { return write_all(name, batch.starts); })
      .and_then([&] { return write_all(name, batch.schedules); })
      .and_then([&] { return write_all(name, batch.runs); })
      .and_then([&] { return serve(name, batch); })
      .and_then([&] { return write_all(name, batch.jobs); })
      .and_then([&] { return write_all(name, batch.summaries); });
}

}  // namespace dbssd::journal::sqlite
