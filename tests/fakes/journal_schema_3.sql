-- A journal as a dbssd of schema 3 wrote it. It stays as it is: what becomes of such a file is tested with it.
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
  archive_pending INTEGER NOT NULL CHECK (archive_pending IN (0, 1)), archived_bytes INTEGER, archived_sha256 TEXT NOT NULL DEFAULT '', archive_removed_at INTEGER,
  PRIMARY KEY (project, scheduled DESC, report, instance),
  CONSTRAINT run_settled_whole
    CHECK ((outcome IS NOT NULL) = (state = 'settled') AND (settled_at IS NOT NULL) = (state = 'settled'))
) STRICT;

CREATE INDEX run_open ON run (project) WHERE outcome IS NULL OR archive_pending = 1;
CREATE UNIQUE INDEX run_claim ON run (project, instance, report_id) WHERE report_id <> '';
CREATE INDEX run_claim_window ON run (project, instance, window_end, report_id) WHERE report_id <> '';
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

CREATE INDEX run_archived ON run (project, report, scheduled, instance)
  WHERE archived <> '' AND archive_removed_at IS NULL;
CREATE INDEX run_settled ON run (settled_at)
  WHERE settled_at IS NOT NULL AND archive_pending = 0 AND (archived = '' OR archive_removed_at IS NOT NULL);
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

INSERT INTO instance VALUES ('prod','i-1','res-1','orders','ACTIVE','NO_TASK',NULL,1741000000,1741400000,0,0,NULL);
INSERT INTO instance VALUES ('prod','i-2','res-2','payments','SHUTOFF','NO_TASK',3,1741000001,1741400001,2,1,1741600000);
INSERT INTO start VALUES ('prod',1741400000,'i-1','confirmed','keep-running','',1741400090);
INSERT INTO start VALUES ('prod',1741500000,'i-2','accepted','keep-running','',NULL);
INSERT INTO schedule VALUES ('prod','daily','i-1','0 7 * * *','Europe/Berlin','previous_day',1741000000,1741503600,1741503600,1741474800);
INSERT INTO run VALUES ('prod',1741503600,'daily','i-1',1741388400,1741474800,'settled','finished',NULL,'listed at 100 %',1741503601,1741503700,1741525200,7200,1741503700,1741503701,1741503900,'t-1','SOX','Sarbanes-Oxley','db-1
db-2
','r-1',100,1,0,0,'/srv/reports/prod/daily/20250309T070000Z_i-1.pdf',0,21474836481,'9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',NULL);
INSERT INTO run VALUES ('prod',1741503600,'daily','i-2',1741388400,1741474800,'settled','finished',NULL,'listed at 100 %',1741503601,1741503800,1741525200,7200,1741503800,1741503801,1741504000,'t-1','SOX','Sarbanes-Oxley','','r-2',100,2,1,1,'',1,NULL,'',NULL);
INSERT INTO run VALUES ('prod',1741590000,'daily','i-1',1741474800,1741561200,'unknown',NULL,NULL,'outcome unknown: no answer',1741590001,1741590100,1741611600,7200,1741590100,NULL,NULL,'t-1','SOX','Sarbanes-Oxley','','',-1,1,0,0,'',0,NULL,'',NULL);
INSERT INTO run VALUES ('prod',1741417200,'daily','i-1',1741302000,1741388400,'settled','missed',NULL,'it was more than five minutes late',1741503601,1741417300,1741438800,7200,NULL,NULL,1741503601,'','','','','',-1,0,0,0,'',0,NULL,'',NULL);
INSERT INTO run VALUES ('lab',1741503600,'daily','i-9',1741388400,1741474800,'merged',NULL,1741590000,'served by a later report',1741503601,1741503700,1741525200,7200,NULL,NULL,NULL,'','','','','',-1,0,0,0,'',0,NULL,'',NULL);
INSERT INTO run VALUES ('prod',1741330800,'daily','i-1',1741215600,1741302000,'settled','finished',NULL,'listed at 100 %',1741330801,1741330900,1741352400,7200,1741330900,1741330901,1741331100,'t-1','SOX','Sarbanes-Oxley','db-1
db-2
','r-0',100,1,0,0,'/srv/reports/prod/daily/20250307T070000Z_i-1.pdf',0,7,'00ff',1741503599);
INSERT INTO job VALUES ('prod','res-1','job-1','FAIL','DBSS.11000000: no host',1741000000,1,0);
INSERT INTO summary VALUES ('prod','audit','task-1','success',1741388400,1741474800,1741474800);
INSERT INTO project_state VALUES ('prod',1741503900,1741503899,NULL,'',1741500000,1741586400);

PRAGMA application_id = 1684173683;
PRAGMA user_version = 3;
