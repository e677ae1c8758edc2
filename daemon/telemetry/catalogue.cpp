#include "telemetry/catalogue.h"

#include <array>
#include <cstddef>

namespace dbssd::telemetry {
namespace {

using enum EventId;
using enum Level;

constexpr auto kEntries = std::to_array<CatalogueEntry>({
    {service_started, "service.started", info,
     "The daemon has begun to run, with the policy named in the message.", "Nothing."},
    {service_ready, "service.ready", info,
     "Every project's memory is loaded and its lane runs; schedules fire from now on.", "Nothing."},
    {service_reloaded, "service.reloaded", info,
     "A new policy is in force. Each field that changed follows as policy.changed.", "Nothing."},
    {service_reload_failed, "service.reload_failed", error,
     "The policy was asked to be read again and was refused. The one before stays in force.",
     "Correct what the message names, try it with `dbssd check`, and reload."},
    {service_stopping, "service.stopping", info,
     "The daemon was asked to end. Calls under way are cancelled; what they may have done is looked up at "
     "the next start.",
     "Nothing."},
    {service_short_of_threads, "service.short_of_threads", warning,
     "The host grants no further thread. What needs one waits, and asks again; the threads that there are do "
     "what can be done.",
     "Raise TasksMax= of the unit (`ulimit -u` elsewhere), or lower limits.in_flight: `dbssd check` says how "
     "many threads the policy can need.",
     true},
    {service_failed, "service.failed", error,
     "A thread has failed over something that should not happen, as memory that is not there. The service "
     "ends in order with status 1, and what was under way is looked up at the next start.",
     "Read the reason. See that the service is up again (the unit begins it anew) and report the fault; "
     "where "
     "it is std::bad_alloc, give it more memory (MemoryMax= of the unit)."},

    {service_time_zone_suspect, "service.time_zone_suspect", error,
     "A report was finished at a time that its finish_time, read in the project's api_time_zone, does not "
     "fit: the service seems to write its times in another zone. Then each window is asked for at the "
     "wrong hours.",
     "Compare the window of a report in the console with that in `dbssd history`. Where they differ, set "
     "api_time_zone as the reason says and reload; the windows that were asked for before are to be made "
     "again by hand."},

    {status_listening, "status.listening", info,
     "The status endpoint is open at the address that the message names.", "Nothing."},
    {status_closed, "status.closed", info, "The policy has no status endpoint any more: it is closed.",
     "Nothing."},
    {status_failed, "status.failed", warning,
     "The status endpoint cannot be opened where the policy has it. Where it was open before, it stays.",
     "Correct `status.listen` as the reason says, and reload."},

    {cycle_finished, "cycle.finished", debug,
     "A project's instances were listed and what was due was decided.", "Nothing."},
    {cycle_planned, "cycle.planned", info, "What a dry run would do now, and why. It does nothing of it.",
     "Nothing."},

    {instance_seen, "instance.seen", info,
     "An instance was listed for the first time. Its schedules begin now.", "Nothing."},
    {instance_changed, "instance.changed", info,
     "The status, task or name of an instance is another than before.",
     "Nothing, unless the new status is ERROR or FROZEN: then see the instance in the console."},
    {instance_start_requested, "instance.start_requested", info, "A stopped instance is about to be started.",
     "Nothing."},
    {instance_start_accepted, "instance.start_accepted", info,
     "The service accepted a start. It is done when the list says ACTIVE.", "Nothing."},
    {instance_start_rejected, "instance.start_rejected", warning, "The service refused to start an instance.",
     "Read the reason. It is asked for again in a later cycle, as long as the policy wants the instance to "
     "run."},
    {instance_start_confirmed, "instance.start_confirmed", info, "A started instance is listed as ACTIVE.",
     "Nothing."},
    {instance_start_overdue, "instance.start_overdue", error,
     "A start was accepted, but the instance is still not ACTIVE after confirm_within. It audits nothing.",
     "See the instance in the console; open a ticket with the service where it hangs."},
    {instance_start_held, "instance.start_held", error,
     "An instance was started as often as the rule's flap allows and stopped again each time. It is left "
     "stopped until the hold ends.",
     "Find out who or what stops it, or exclude it from the start rule."},
    {instance_start_capped, "instance.start_capped", warning,
     "More instances are to be started than max_per_cycle allows. The rest follows in later cycles.",
     "Find out what stopped so many at once. Raise max_per_cycle only if that is normal here."},
    {instance_vanished, "instance.vanished", warning,
     "An instance is absent from several listings in a row and is taken for deleted. Its schedules end.",
     "Check that its deletion was intended."},
    {instance_forgotten, "instance.forgotten", info,
     "An instance that vanished longer than state.keep ago leaves the journal, with its schedules. What "
     "their "
     "reports leave uncovered is named by report.gap.",
     "Nothing."},

    {job_seen, "job.seen", info,
     "A creation job was listed for the first time, or a resource is followed for one.", "Nothing."},
    {job_changed, "job.changed", info, "A creation job has another status than before.", "Nothing."},
    {job_succeeded, "job.succeeded", info, "A creation job has ended well.", "Nothing."},
    {job_failed, "job.failed", error,
     "A creation job has failed; the instance that was ordered is not there.",
     "Read the reason, settle the order in the console, and order again."},
    {job_overdue, "job.overdue", warning,
     "A creation job has not ended within creation_jobs.deadline. It is followed on, ever more rarely, for "
     "30 "
     "days.",
     "See the order in the console; open a ticket with the service where it hangs."},
    {job_vanished, "job.vanished", warning,
     "A creation job that had not ended is listed no more, or an order has led to nothing for 30 days and is "
     "followed no more.",
     "See in the console whether the instance was created."},

    {summary_changed, "summary.changed", info,
     "The tenant's summary task has another status or span than before.",
     "Nothing, unless it failed: reports with after_summary then wait for the next that succeeds."},
    {summary_switched_off, "summary.switched_off", warning,
     "The summary task that a report's after_summary waits for is switched off in the service: it sums up "
     "nothing more. Reports of windows that it has not covered wait, until their deadline ends them.",
     "Switch the summary task on in the console, or take after_summary out of the policy."},

    {report_due, "report.due", info, "A scheduled time has come, and its run is recorded.", "Nothing."},
    {report_waiting, "report.waiting", info,
     "A run cannot be sent yet, for the reason given. It is sent when that has passed, or expires at its "
     "deadline.",
     "Nothing, unless the reason is one that only you can end."},
    {report_submitted, "report.submitted", info, "The intent is recorded and the report is asked for.",
     "Nothing."},
    {report_accepted, "report.accepted", info,
     "The service accepted a report. It is done when it is listed at 100 %.", "Nothing."},
    {report_rejected, "report.rejected", warning,
     "The service refused a report. It is asked for again until its deadline.",
     "Read the reason: a template that is gone or a database that is unknown stays refused until the "
     "policy changes."},
    {report_outcome_unknown, "report.outcome_unknown", warning,
     "No answer came back, so a report may or may not have been made. It is looked up in the list, and not "
     "sent again before that shows that there is none.",
     "Nothing for one. Where it happens often, look at the network between this host and the service."},
    {report_adopted, "report.adopted", info,
     "A report whose call had no answer, or of whose call a journal that was set back knows nothing, was "
     "found "
     "in the list and is followed on; it was not sent twice.",
     "Nothing."},
    {report_assumed, "report.assumed", warning,
     "The answer to a call was lost, and the list of reports cannot tell what became of it. The rule's "
     "on_unknown decides what is believed.",
     "Read the reason: what keeps the list from being read whole, or which listed report may be the one and "
     "why that is not certain. Look in the service for a report that is there twice (retry) or not at all "
     "(accept)."},
    {report_request_refused, "report.request_refused", warning,
     "A report that was asked for by hand is not made, for the reason given. What was asked is kept in a "
     "file.",
     "Read the reason, and use `dbssd trigger` with the policy that the daemon runs by."},
    {report_progress, "report.progress", debug, "A report is further on than when it was last listed.",
     "Nothing."},
    {report_finished, "report.finished", info, "A report is listed at 100 %.", "Nothing."},
    {report_failed, "report.failed", error,
     "A report will not be made: the service refused it for good, or it vanished before it was finished.",
     "Read the reason, remove the cause, and make it by hand with `dbssd trigger` for the same window."},
    {report_overdue, "report.overdue", warning,
     "A report was accepted but is not finished within finish_within. It is followed on.",
     "See the report in the console; open a ticket with the service where it hangs."},
    {report_missed, "report.missed", warning,
     "A scheduled time passed while nobody could serve it, and the rule's `missed` says that it is not "
     "made up for.",
     "Make it by hand with `dbssd trigger` if its window is needed as evidence."},
    {report_expired, "report.expired", error, "A run could not be sent before its deadline and is given up.",
     "Read what it waited for, remove the cause, and make it by hand with `dbssd trigger` for the same "
     "window."},
    {report_skipped, "report.skipped", info,
     "A run was not served because the rule says so, for an inactive instance or for a missed time.",
     "Nothing."},
    {report_gap, "report.gap", warning,
     "A span of time is covered by no report of this rule on this instance.",
     "Make a report for the window given, with `dbssd trigger`, if it is needed as evidence."},
    {report_archived, "report.archived", info, "A finished report was downloaded into the archive directory.",
     "Nothing."},
    {report_archive_failed, "report.archive_failed", warning,
     "A finished report could not be downloaded or written, or an archived one could not be removed after "
     "archive.keep. It is tried again, unless the message says that it was given up: after a day of the "
     "service's refusals, or after 14 days of this host's own failures.",
     "Read the reason: the archive directory must be writable and have room. The report itself is safe in "
     "the cloud; one that was given up, and is named by `dbssd history`, is to be fetched from the console."},
    {report_archive_removed, "report.archive_removed", info,
     "An archived report is older than archive.keep and was removed from this host. Its record stays.",
     "Nothing."},

    {cloud_throttled, "cloud.throttled", warning,
     "The service refuses calls for their number. Those of this project are slowed down.",
     "Nothing for a short while. Where it persists, lower limits.requests_per_second or find who else uses "
     "the quota."},
    {cloud_unreachable, "cloud.unreachable", warning,
     "The service does not answer, or fails. What is known of the project is kept and calls are tried "
     "again.",
     "Nothing for minutes. Where it persists, look at DNS, the proxy, the firewall and the service's "
     "health page."},
    {cloud_refused, "cloud.refused", warning, "The service refused a call that only reads.",
     "Read the reason: most often the user lacks a permission, or the project id is another's.", true},
    {cloud_recovered, "cloud.recovered", info, "The service answers again.", "Nothing."},
    {cloud_malformed, "cloud.malformed", warning,
     "An answer, or an entry of one, does not decode and is left out. Everything else goes on.",
     "Report it to the authors of dbssd together with the message: the service has changed.", true},
    {cloud_legacy_paths, "cloud.legacy_paths", warning,
     "The region has only the paths of former times. Instances are listed and started and creation jobs "
     "followed, "
     "but no report can be made or looked up, and no summary task watched.",
     "Have the service make the reports of this region by its own schedule, and leave the project out of "
     "`reports`. `endpoints.style: legacy` says beforehand what was found out here."},
    {cloud_current_paths, "cloud.current_paths", info,
     "The region has the current paths now, or had them all the time and its gateway did not say so.",
     "Nothing."},

    {auth_renewed, "auth.renewed", info,
     "A fresh token was obtained, or a secret that changed on this host was read anew.", "Nothing."},
    {auth_failed, "auth.failed", error,
     "The credential of a project was refused, or could not be read. None of its calls succeed.",
     "Correct the credential or its permissions. A changed file is taken up within 30 seconds; a reload "
     "takes it "
     "up at once. Too many attempts would lock the account."},
    {auth_held, "auth.held", warning,
     "The credential is refused, and so would be every call of this project: they are held back, and one at "
     "a "
     "time tries, ever more rarely. Said once until a call is let in.",
     "Correct the credential or its permissions; a reload tries at once what has not been refused before."},

    {clock_jumped, "clock.jumped", warning,
     "The wall clock was set forward or back. Schedules follow it; no scheduled time is served twice.",
     "Look at the host's time synchronisation."},
    {clock_behind, "clock.behind", error,
     "Times are decided that this clock has not reached: it is behind, or was ahead when they were. They are "
     "not "
     "decided again, so nothing of those schedules is due until then.",
     "Set the clock right. Where it is right by now, look at `dbssd plan`: a report whose next time is too "
     "far off "
     "begins anew, from now on, under another name in the policy."},
    {clock_skewed, "clock.skewed", warning,
     "This host's clock and the service's are more than a minute apart. Schedules and windows go by this "
     "host's; "
     "signatures are made by the service's.",
     "Look at the host's time synchronisation."},
    {clock_agreed, "clock.agreed", info, "This host's clock and the service's agree again.", "Nothing."},
    {clock_held, "clock.held", warning,
     "This host's clock jumped forward, is later than what is on record lets expect, or is ahead of the "
     "service's. Until an answer of the service confirms it, nothing is decided beyond the time that is "
     "sure: no scheduled time is missed or expired, and no record is removed. What is due by that time is "
     "still asked for.",
     "Nothing for a minute: after a suspend the next answer ends it. Where it stays, set the clock right; "
     "the reason says what it is held by, and until when."},
    {clock_trusted, "clock.trusted", info, "Decisions go by this host's clock again.", "Nothing."},

    {state_recovered, "state.recovered", error,
     "The journal was damaged or gone. What could be read of it was carried over; the damaged file is kept.",
     "Look at the disk and the host. Compare `dbssd history` with the reports in the console for the last "
     "days."},
    {state_pruned, "state.pruned", info, "Records older than state.keep were removed from the journal.",
     "Nothing."},
    {state_failed, "state.failed", error,
     "The journal cannot be read or written: nothing is started or asked for without it. Or the time zone "
     "of a schedule cannot be read: that schedule stands still.",
     "Make room on the disk, or repair what the reason names. The daemon goes on by itself."},
    {state_refused, "state.refused", error,
     "The journal refused a record that contradicts what is recorded: an outcome that would change, a report "
     "that another run has. What the daemon knew of the project is dropped and read again; a project that is "
     "refused again and again is held, ever longer. Other projects go on.",
     "Nothing for one. Where it is said again, keep a copy of the journal and report the record that the "
     "reason names to the authors of dbssd."},

    {policy_changed, "policy.changed", info,
     "A field of the policy has another value than before the reload.", "Nothing."},
});

constexpr bool in_order() {
  for (std::size_t i = 0; i < kEntries.size(); ++i)
    if (static_cast<std::size_t>(kEntries[i].id) != i) return false;
  return true;
}
static_assert(in_order(), "the catalogue lists the events as EventId does");
static_assert(kEntries.back().id == policy_changed, "the last event has its entry");

}  // namespace

std::string_view to_string(Level level) {
  switch (level) {
    case debug:
      return "debug";
    case info:
      return "info";
    case warning:
      return "warning";
    case error:
      return "error";
  }
  return "error";
}

std::span<const CatalogueEntry> catalogue() { return kEntries; }

const CatalogueEntry& entry_of(EventId id) { return kEntries.at(static_cast<std::size_t>(id)); }

}  // namespace dbssd::telemetry
