#include "overview/trouble.h"

#include <algorithm>

namespace dbssd::overview {

const std::array<Trouble, 22> kTroubles{{
    {trouble::kNoDaemon,
     "systemctl start dbssd; where it ends again, journalctl -u dbssd says why. Until it runs nothing is "
     "started, asked for or recorded"},
    {trouble::kDaemonUnknown, "ask as the user that may read the lock: sudo -u dbssd dbssd status"},
    {trouble::kStandsStill, "systemctl restart dbssd loses nothing; journalctl -u dbssd says what it was at"},
    {trouble::kPolicyRefused, "dbssd check lists every error; correct them, then systemctl reload dbssd"},
    {trouble::kProjectFails, "dbssd check --online says what the project answers to each read"},
    {trouble::kNeverAsked,
     "a daemon asks within seconds: start one, or where one runs, systemctl reload dbssd takes the project "
     "up"},
    {trouble::kNeverListed,
     "the first list comes within seconds; where it does not, journalctl -u dbssd says why"},
    {trouble::kListOld,
     "see that a daemon runs (systemctl status dbssd); where one does, journalctl -u dbssd says why it does "
     "not list"},
    {trouble::kClockHeld,
     "see that this host's clock is right and synchronised (timedatectl); once the service's Date agrees, "
     "all "
     "that was held is decided"},
    {trouble::kNotDecided,
     "see that a daemon runs (systemctl status dbssd): it decides them by each report's missed and deadline"},
    {trouble::kInError,
     "only the service can mend it: see it in the console. Where it is given up, exclude it in the rule's "
     "select"},
    {trouble::kFrozen,
     "settle in the console what it is frozen for, mostly a bill. Where it is given up, exclude it in the "
     "rule's select"},
    {trouble::kDeleted,
     "where it is deleted on purpose, exclude it in the rule's select; where not, the cloud's trail says by "
     "whom"},
    {trouble::kVanished,
     "where it was deleted on purpose, exclude it in the rule's select; where not, the cloud's trail says by "
     "whom, and its audit data is gone with it"},
    {trouble::kStatusUnknown, "see it in the console; a newer dbssd may know what its status means"},
    {trouble::kHeld,
     "find out who stops it: the cloud's trail says. Where that is meant, exclude it in the start rule's "
     "select"},
    {trouble::kStartRejected,
     "the reason has the service's words, mostly a permission or an unpaid bill; it is asked for again"},
    {trouble::kStartOverdue, "the start was accepted and it does not come up: see it in the console"},
    {trouble::kCreationFailed, "settle the order in the console, and order again"},
    {trouble::kCreationOverdue, "see the order in the console; dbssd wait --resource-id ID follows it"},
    {trouble::kReportOverdue,
     "it is followed on, and counts once it is finished; see in the console whether it hangs there"},
    {trouble::kNotArchived,
     "download it in the console while it is there and keep it yourself: dbssd does not try again"},
}};

std::size_t rank_of(std::string_view what) {
  const auto found = std::ranges::find(kTroubles, what, &Trouble::what);
  return static_cast<std::size_t>(found - kTroubles.begin());
}

std::string_view remedy_for(std::string_view what) {
  const std::size_t rank = rank_of(what);
  return rank < kTroubles.size() ? kTroubles.at(rank).remedy : std::string_view();
}

}  // namespace dbssd::overview
