#include "journal/schema.h"

#include <array>
#include <string>
#include <utility>

namespace dbssd::journal::sqlite {
namespace {

// A CHECK of three values or more is written with OR: SQLite would build a table for each row's IN (…), and
// that costs as much as all the rest of writing it.
//
// Step n takes a file of version n to n+1. A step that was released is never changed: add another.
constexpr std::array kSteps{
    R"sql(
CREATE TABLE instance (
  project TEXT NOT NULL,
  id TEXT NOT NULL,
  resource_id TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  task TEXT NOT NULL,
  effect INTEGER,
  first_seen INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  absences INTEGER NOT NULL,
  vanished INTEGER NOT NULL CHECK (vanished IN (0, 1)),
  held_until INTEGER,
  PRIMARY KEY (project, id)
) STRICT;

CREATE TABLE start (
  project TEXT NOT NULL,
  requested_at INTEGER NOT NULL,
  instance TEXT NOT NULL,
  state TEXT NOT NULL CHECK (
    state = 'requested' OR state = 'accepted' OR state = 'rejected' OR state = 'unknown' OR
    state = 'confirmed' OR state = 'overdue'),
  rule TEXT NOT NULL,
  error TEXT NOT NULL,
  settled_at INTEGER,
  PRIMARY KEY (project, requested_at, instance)
) STRICT;
CREATE INDEX start_open ON start (project) WHERE settled_at IS NULL;

CREATE TABLE schedule (
  project TEXT NOT NULL,
  report TEXT NOT NULL,
  instance TEXT NOT NULL,
  expression TEXT NOT NULL,
  zone TEXT NOT NULL,
  window TEXT NOT NULL,
  since INTEGER NOT NULL,
  cursor INTEGER NOT NULL,
  last_scheduled INTEGER,
  covered_until INTEGER,
  PRIMARY KEY (project, report, instance)
) STRICT;

CREATE TABLE run (
  project TEXT NOT NULL,
  scheduled INTEGER NOT NULL,
  report TEXT NOT NULL,
  instance TEXT NOT NULL,
  window_begin INTEGER NOT NULL,
  window_end INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (
    state = 'due' OR state = 'submitting' OR state = 'unknown' OR state = 'accepted' OR
    state = 'merged' OR state = 'settled'),
  outcome TEXT CHECK (
    outcome = 'finished' OR outcome = 'failed' OR outcome = 'missed' OR outcome = 'expired' OR
    outcome = 'skipped'),
  served_by INTEGER,
  reason TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  not_before INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  finish_within INTEGER NOT NULL,
  submitted_at INTEGER,
  accepted_at INTEGER,
  settled_at INTEGER,
  template_id TEXT NOT NULL,
  template_type TEXT NOT NULL,
  template_name TEXT NOT NULL,
  databases TEXT NOT NULL,
  report_id TEXT NOT NULL,
  percentum INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  refusals INTEGER NOT NULL,
  overdue INTEGER NOT NULL CHECK (overdue IN (0, 1)),
  archived TEXT NOT NULL,
  archive_pending INTEGER NOT NULL CHECK (archive_pending IN (0, 1)),
  PRIMARY KEY (project, scheduled DESC, report, instance),
  CONSTRAINT run_settled_whole
    CHECK ((outcome IS NOT NULL) = (state = 'settled') AND (settled_at IS NOT NULL) = (state = 'settled'))
) STRICT;
CREATE INDEX run_open ON run (project) WHERE outcome IS NULL OR archive_pending = 1;
CREATE UNIQUE INDEX run_claim ON run (project, instance, report_id) WHERE report_id <> '';
CREATE INDEX run_claim_window ON run (project, instance, window_end, report_id) WHERE report_id <> '';
CREATE INDEX run_settled ON run (settled_at) WHERE settled_at IS NOT NULL;
CREATE TRIGGER run_outcome_once BEFORE UPDATE OF outcome ON run
  WHEN OLD.outcome IS NOT NULL AND NEW.outcome IS NOT OLD.outcome
  BEGIN SELECT RAISE(ABORT, 'an outcome is recorded once'); END;
CREATE TRIGGER run_open_stays BEFORE DELETE ON run WHEN OLD.outcome IS NULL
  BEGIN SELECT RAISE(ABORT, 'a run without an outcome is not removed'); END;

CREATE TABLE job (
  project TEXT NOT NULL,
  resource_id TEXT NOT NULL,
  id TEXT NOT NULL,
  status TEXT NOT NULL,
  detail TEXT NOT NULL,
  first_seen INTEGER NOT NULL,
  settled INTEGER NOT NULL CHECK (settled IN (0, 1)),
  overdue INTEGER NOT NULL CHECK (overdue IN (0, 1)),
  PRIMARY KEY (project, resource_id, id)
) STRICT;

CREATE TABLE summary (
  project TEXT NOT NULL,
  busi_type TEXT NOT NULL,
  id TEXT NOT NULL,
  status TEXT NOT NULL,
  query_begin INTEGER,
  query_end INTEGER,
  succeeded_until INTEGER,
  PRIMARY KEY (project, busi_type)
) STRICT;
)sql",

    R"sql(
ALTER TABLE run ADD COLUMN archived_bytes INTEGER;
ALTER TABLE run ADD COLUMN archived_sha256 TEXT NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN archive_removed_at INTEGER;
CREATE INDEX run_archived ON run (project, report, scheduled, instance)
  WHERE archived <> '' AND archive_removed_at IS NULL;
DROP INDEX run_settled;
CREATE INDEX run_settled ON run (settled_at)
  WHERE settled_at IS NOT NULL AND archive_pending = 0 AND (archived = '' OR archive_removed_at IS NOT NULL);
)sql",

    R"sql(
CREATE TABLE project_state (
  project TEXT NOT NULL,
  noted_at INTEGER NOT NULL,
  answered_at INTEGER,
  failing_since INTEGER,
  failure TEXT NOT NULL,
  token_issued INTEGER,
  token_expires INTEGER,
  PRIMARY KEY (project)
) STRICT;
)sql",

    R"sql(
ALTER TABLE run ADD COLUMN sent_begin TEXT NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN sent_end TEXT NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN archive_error TEXT NOT NULL DEFAULT '';
ALTER TABLE instance ADD COLUMN vanished_at INTEGER;
ALTER TABLE project_state ADD COLUMN listed_at INTEGER;
ALTER TABLE summary ADD COLUMN succeeded_from INTEGER;
ALTER TABLE summary ADD COLUMN task_switch TEXT NOT NULL DEFAULT '';
ALTER TABLE project_state ADD COLUMN clock_hold TEXT NOT NULL DEFAULT '';
CREATE INDEX run_merged ON run (project, report, instance, served_by, window_begin, state) WHERE state = 'merged';
DROP INDEX run_claim_window;
)sql"};

std::string file_name(Connection& connection) {
  const char* name = sqlite3_db_filename(connection.handle(), "main");
  return name == nullptr ? "the journal" : name;
}

}  // namespace

int schema_version() { return static_cast<int>(kSteps.size()); }

Expected<int> version_of(Connection& connection) {
  const auto application = connection.integer("PRAGMA application_id");
  if (!application) return fail(application.error());
  const auto version = connection.integer("PRAGMA user_version");
  if (!version) return fail(version.error());
  const auto tables = connection.integer("SELECT count(*) FROM sqlite_schema");
  if (!tables) return fail(tables.error());
  if (*application == 0 && *version == 0 && *tables == 0) return 0;
  if (*application != kApplicationId) {
    return fail(ErrorKind::rejected,
                file_name(connection) + ": is another program's database: give state.path a file of its own");
  }
  if (*version > schema_version()) {
    return fail(ErrorKind::internal, file_name(connection) + ": was written by a newer dbssd (schema " +
                                         std::to_string(*version) + ", this one knows " +
                                         std::to_string(schema_version()) + "): install that version again");
  }
  return static_cast<int>(*version);
}

Expected<void> migrate(Connection& connection) {
  const auto version = version_of(connection);
  if (!version) return fail(version.error());
  if (*version == schema_version()) return {};
  std::string script = "BEGIN IMMEDIATE;";
  for (auto step = static_cast<std::size_t>(*version); step < kSteps.size(); ++step)
    script += kSteps.at(step);
  script += "PRAGMA application_id = " + std::to_string(kApplicationId) + ";";
  script += "PRAGMA user_version = " + std::to_string(schema_version()) + ";COMMIT;";
  auto done = connection.execute(script);
  if (!done && connection.in_transaction()) static_cast<void>(connection.execute("ROLLBACK"));
  // Into the file itself, where a package that would go back looks for the schema.
  if (done) static_cast<void>(connection.execute("PRAGMA wal_checkpoint(PASSIVE)"));
  return done;
}

}  // namespace dbssd::journal::sqlite
