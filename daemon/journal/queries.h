// What is asked of the tables, in one place: a test holds each of these to an index.
#pragma once

#include <array>
#include <string_view>

namespace dbssd::journal::sqlite {

// Continue "SELECT … FROM table", and say the order that the port's answers have. Where an order by the key
// would tempt SQLite to walk through all of a project's history, the index is named.
inline constexpr std::string_view kProject = "WHERE project = ?1";
inline constexpr std::string_view kInstances = "WHERE project = ?1 ORDER BY id";
inline constexpr std::string_view kOlderOpenStarts =
    "INDEXED BY start_open WHERE project = ?1 AND settled_at IS NULL AND requested_at < ?2 "
    "ORDER BY requested_at, instance";
inline constexpr std::string_view kStartsSince =
    "WHERE project = ?1 AND requested_at >= ?2 ORDER BY requested_at, instance";
inline constexpr std::string_view kSchedules = "WHERE project = ?1 ORDER BY report, instance";
inline constexpr std::string_view kOpenRuns =
    "INDEXED BY run_open WHERE project = ?1 AND (outcome IS NULL OR archive_pending = 1) "
    "AND state <> 'merged' ORDER BY scheduled, report, instance";
/// Answered in the order of its index, so that a limit ends the search.
inline constexpr std::string_view kArchived =
    "INDEXED BY run_archived WHERE project = ?1 AND report = ?2 AND scheduled < ?3 AND archived <> '' "
    "AND archive_removed_at IS NULL AND substr(archived, 1, length(?4)) = ?4 "
    "ORDER BY scheduled, instance LIMIT ?5";
inline constexpr std::string_view kJobs = "WHERE project = ?1 ORDER BY resource_id, id";
inline constexpr std::string_view kSummaries = "WHERE project = ?1 ORDER BY busi_type";
inline constexpr std::string_view kHistory =
    "WHERE project = ?1 AND scheduled >= ?2 AND scheduled < ?3 AND (?4 IS NULL OR report = ?4) "
    "AND (?5 IS NULL OR instance = ?5) AND window_end > ?6 AND window_begin < ?7 "
    "AND (?8 IS NULL OR scheduled > ?8 OR (report, instance) > (?9, ?10)) "
    "ORDER BY scheduled, report, instance LIMIT ?11";

inline constexpr std::string_view kClaimed =
    "SELECT 1 FROM run WHERE project = ?1 AND instance = ?2 AND report_id = ?3 AND report_id <> ''";
inline constexpr std::string_view kJoined =
    "SELECT report, instance, served_by, min(window_begin), count(*) FROM run INDEXED BY run_merged "
    "WHERE project = ?1 AND state = 'merged' GROUP BY report, instance, served_by";
inline constexpr std::string_view kServe =
    "UPDATE run INDEXED BY run_merged SET state = 'settled', outcome = ?5, reason = ?6, settled_at = ?7 "
    "WHERE project = ?1 AND report = ?2 AND instance = ?3 AND served_by = ?4 AND state = 'merged'";
inline constexpr std::string_view kProjects =
    "SELECT project FROM run WHERE outcome IS NULL OR archive_pending = 1 "
    "UNION SELECT project FROM schedule WHERE expression <> '' ORDER BY 1";

/// A thousand records each, some 10 ms: what a lane may have to wait for one.
inline constexpr std::array<std::string_view, 5> kPrune{
    "DELETE FROM run WHERE rowid IN ("
    "SELECT rowid FROM run WHERE settled_at < ?1 AND archive_pending = 0 "
    "AND (archived = '' OR archive_removed_at IS NOT NULL) LIMIT 1000)",
    "DELETE FROM start WHERE rowid IN (SELECT rowid FROM start WHERE settled_at < ?1 LIMIT 1000)",
    "DELETE FROM job WHERE rowid IN (SELECT rowid FROM job WHERE settled = 1 AND first_seen < ?1 LIMIT 1000)",
    "DELETE FROM instance WHERE rowid IN ("
    "SELECT rowid FROM instance WHERE vanished = 1 AND coalesce(vanished_at, changed_at) < ?1 "
    "AND (project, id) NOT IN (SELECT project, instance FROM schedule) "
    "AND (project, id) NOT IN (SELECT project, instance FROM start WHERE settled_at IS NULL) "
    "AND (project, id) NOT IN (SELECT project, instance FROM run WHERE outcome IS NULL OR archive_pending = "
    "1) "
    "LIMIT 1000)",
    "DELETE FROM project_state WHERE noted_at < ?1"};

}  // namespace dbssd::journal::sqlite
