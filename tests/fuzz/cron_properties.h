// What holds for every text that anybody may give as a cron expression.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "schedule/cron.h"

namespace dbssd::schedule::fuzz {

inline std::string broken_promise_of_error(std::string_view text, const CronError& error) {
  if (error.position > text.size() || error.length > text.size() - error.position)
    return "the error points outside";
  if (error.message.empty()) return "the error says nothing";
  if (error.message.size() > 250) return "the error says too much";
  const bool printable =
      std::all_of(error.message.begin(), error.message.end(), [](char c) { return c >= ' ' && c <= '~'; });
  return printable ? "" : "the error is not printable";
}

/// Empty, or the promise that does not hold for this text.
inline std::string broken_cron_promise(std::string_view text) {
  const auto parsed = Cron::parse(text);
  if (!parsed) return broken_promise_of_error(text, parsed.error());

  const auto again = Cron::parse(parsed->text());
  if (!again || *again != *parsed) return "'" + parsed->text() + "' does not read back";
  if (again->text() != parsed->text()) return "the canonical text is not stable";
  if (parsed->describe().empty()) return "there are no words for it";

  constexpr std::array<std::uint64_t, 3> kHashes{0, 1, 0x9e3779b97f4a7c15};
  for (const std::uint64_t hash : kHashes) {
    const Cron resolved = parsed->resolved(hash);
    if (resolved.has_hash()) return "H is left";
    if (resolved.is_fixed() != parsed->is_fixed()) return "H changed what the clocks do to it";
    const auto plain = Cron::parse(resolved.text());
    if (!plain || *plain != resolved) return "'" + resolved.text() + "' does not read back";
    const Local from{std::chrono::local_days{std::chrono::year{2096} / 3 / 1}};
    const auto first = resolved.at_or_after(from);
    if (!first) return "it never fires";
    if (*first < from || first->time_since_epoch() % std::chrono::minutes{1} != Seconds{0})
      return "it fires out of time";
    if (resolved.at_or_after(*first) != first || resolved.at_or_before(*first) != first)
      return "a fire is not at its own time";
    if (const auto earlier = resolved.at_or_before(from - Seconds{1}); !earlier || *earlier >= from)
      return "it never fired";
  }
  return "";
}

}  // namespace dbssd::schedule::fuzz
