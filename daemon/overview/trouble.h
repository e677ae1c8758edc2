// What can be wrong, by the name that every view gives it, and what an operator does about it.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace dbssd::overview {

struct Trouble {
  std::string_view what;
  std::string_view remedy;  ///< for people: what to type, or where to look
};

namespace trouble {
inline constexpr std::string_view kNoDaemon = "no daemon";
inline constexpr std::string_view kDaemonUnknown = "daemon not known";
inline constexpr std::string_view kStandsStill = "stands still";
inline constexpr std::string_view kPolicyRefused = "policy refused";
inline constexpr std::string_view kProjectFails = "project fails";
inline constexpr std::string_view kNeverAsked = "never asked";
inline constexpr std::string_view kNeverListed = "never listed";
inline constexpr std::string_view kListOld = "list old";
inline constexpr std::string_view kClockHeld = "clock held";
inline constexpr std::string_view kNotDecided = "not decided";
inline constexpr std::string_view kInError = "in error";
inline constexpr std::string_view kFrozen = "frozen";
inline constexpr std::string_view kDeleted = "deleted";
inline constexpr std::string_view kVanished = "vanished";
inline constexpr std::string_view kStatusUnknown = "status unknown";
inline constexpr std::string_view kHeld = "held";
inline constexpr std::string_view kStartRejected = "start rejected";
inline constexpr std::string_view kStartOverdue = "start overdue";
inline constexpr std::string_view kCreationFailed = "creation failed";
inline constexpr std::string_view kCreationOverdue = "creation overdue";
inline constexpr std::string_view kReportOverdue = "report overdue";
inline constexpr std::string_view kNotArchived = "not archived";
}  // namespace trouble

/// How many of them are about the service itself; the others are about a project. They come first.
inline constexpr std::size_t kOfTheService = 4;

/// All of them, the gravest first.
extern const std::array<Trouble, 22> kTroubles;

/// Empty of what is none of them.
[[nodiscard]] std::string_view remedy_for(std::string_view what);
/// 0 of the gravest; of what is none of them, more than of any.
[[nodiscard]] std::size_t rank_of(std::string_view what);

}  // namespace dbssd::overview
