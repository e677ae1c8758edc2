// Each record's table: one list of its columns makes the SQL, binds the values and reads them back. The first
// `kKeys` columns and the project are the key. The tables themselves are in schema.cpp.
#pragma once

#include "journal/records.h"

namespace dbssd::journal::sqlite {

template <class Record>
struct Table;

template <>
struct Table<ProjectRecord> {
  static constexpr const char* kName = "project_state";
  static constexpr int kKeys = 0;
  static constexpr int kSince = 3;  ///< files of an older schema do not have it
  static void each(auto& r, auto&& column) {
    column("noted_at", r.noted_at);
    column("answered_at", r.answered_at);
    column("failing_since", r.failing_since);
    column("failure", r.failure);
    column("token_issued", r.token_issued);
    column("token_expires", r.token_expires);
    column("listed_at", r.listed_at);
    column("clock_hold", r.clock_hold);
  }
};

template <>
struct Table<InstanceRecord> {
  static constexpr const char* kName = "instance";
  static constexpr int kKeys = 1;
  static void each(auto& r, auto&& column) {
    column("id", r.id);
    column("resource_id", r.resource_id);
    column("name", r.name);
    column("status", r.status);
    column("task", r.task);
    column("effect", r.effect);
    column("first_seen", r.first_seen);
    column("changed_at", r.changed_at);
    column("absences", r.absences);
    column("vanished", r.vanished);
    column("held_until", r.held_until);
    column("vanished_at", r.vanished_at);
  }
};

template <>
struct Table<StartRecord> {
  static constexpr const char* kName = "start";
  static constexpr int kKeys = 2;
  static void each(auto& r, auto&& column) {
    column("requested_at", r.requested_at);
    column("instance", r.instance);
    column("state", r.state);
    column("rule", r.rule);
    column("error", r.error);
    column("settled_at", r.settled_at);
  }
};

template <>
struct Table<ScheduleRecord> {
  static constexpr const char* kName = "schedule";
  static constexpr int kKeys = 2;
  static void each(auto& r, auto&& column) {
    column("report", r.report);
    column("instance", r.instance);
    column("expression", r.expression);
    column("zone", r.zone);
    column("window", r.window);
    column("since", r.since);
    column("cursor", r.cursor);
    column("last_scheduled", r.last_scheduled);
    column("covered_until", r.covered_until);
  }
};

template <>
struct Table<RunRecord> {
  static constexpr const char* kName = "run";
  static constexpr int kKeys = 3;
  static void each(auto& r, auto&& column) {
    column("scheduled", r.key.scheduled);
    column("report", r.key.report);
    column("instance", r.key.instance);
    column("window_begin", r.window.begin);
    column("window_end", r.window.end);
    column("state", r.state);
    column("outcome", r.outcome);
    column("served_by", r.served_by);
    column("reason", r.reason);
    column("opened_at", r.opened_at);
    column("not_before", r.not_before);
    column("expires_at", r.expires_at);
    column("finish_within", r.finish_within);
    column("submitted_at", r.submitted_at);
    column("accepted_at", r.accepted_at);
    column("settled_at", r.settled_at);
    column("template_id", r.template_id);
    column("template_type", r.template_type);
    column("template_name", r.template_name);
    column("databases", r.databases);
    column("report_id", r.report_id);
    column("percentum", r.percentum);
    column("attempts", r.attempts);
    column("refusals", r.refusals);
    column("overdue", r.overdue);
    column("archived", r.archived);
    column("archive_pending", r.archive_pending);
    column("archived_bytes", r.archived_bytes);
    column("archived_sha256", r.archived_sha256);
    column("archive_removed_at", r.archive_removed_at);
    column("sent_begin", r.sent_begin);
    column("sent_end", r.sent_end);
    column("archive_error", r.archive_error);
  }
};

template <>
struct Table<JobRecord> {
  static constexpr const char* kName = "job";
  static constexpr int kKeys = 2;
  static void each(auto& r, auto&& column) {
    column("resource_id", r.resource_id);
    column("id", r.id);
    column("status", r.status);
    column("detail", r.detail);
    column("first_seen", r.first_seen);
    column("settled", r.settled);
    column("overdue", r.overdue);
  }
};

template <>
struct Table<SummaryRecord> {
  static constexpr const char* kName = "summary";
  static constexpr int kKeys = 1;
  static void each(auto& r, auto&& column) {
    column("busi_type", r.busi_type);
    column("id", r.id);
    column("status", r.status);
    column("query_begin", r.query_begin);
    column("query_end", r.query_end);
    column("succeeded_until", r.succeeded_until);
    column("succeeded_from", r.succeeded_from);
    column("task_switch", r.task_switch);
  }
};

}  // namespace dbssd::journal::sqlite
