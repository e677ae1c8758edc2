#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "base/ascii.h"
#include "schedule/cron_field.h"

namespace dbssd::schedule {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kMacros{{
    {"@yearly", "0 0 1 1 *"},
    {"@annually", "0 0 1 1 *"},
    {"@monthly", "0 0 1 * *"},
    {"@weekly", "0 0 * * 0"},
    {"@daily", "0 0 * * *"},
    {"@midnight", "0 0 * * *"},
    {"@hourly", "0 * * * *"},
}};

constexpr std::array<unsigned, 13> kLongest{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::vector<Piece> split_fields(std::string_view text) {
  std::vector<Piece> fields;
  for (std::size_t i = 0; i < text.size();) {
    if (is_blank(text[i])) {
      ++i;
      continue;
    }
    const std::size_t begin = i;
    while (i < text.size() && !is_blank(text[i])) ++i;
    fields.push_back({text.substr(begin, i - begin), begin});
  }
  return fields;
}

// True where some month has some day that the expression names, however H falls.
//
// A restricted weekday always comes, also the fifth of February: the calendar's cycle of 400 years has a 29
// February on every weekday. So only a day of the month can be impossible, when it is later than the longest
// month's end.
bool can_fire(const CronFields& fields) {
  const CronSets& sets = fields.sets;
  if (sets.any_day || !sets.any_weekday || sets.last_day || sets.last_working_day) return true;
  unsigned earliest = 32;
  unsigned longest = 0;
  const auto earliest_of = [](std::uint64_t days) { return static_cast<unsigned>(std::countr_zero(days)); };
  const auto longest_of = [](std::uint64_t months) {
    unsigned most = 0;
    for (unsigned m = 1; m <= 12; ++m) {
      if ((months >> m & 1U) != 0) most = std::max(most, kLongest[m]);
    }
    return most;
  };
  if (const auto days = sets.days | sets.nearest; days != 0) earliest = earliest_of(days);
  longest = longest_of(sets.months);
  for (const HashTerm& term : fields.draws) {
    unsigned worst_day = 0;
    unsigned worst_month = 31;
    for (unsigned choice = 0; choice < term.choices(); ++choice) {
      worst_day = std::max(worst_day, earliest_of(term.bits(choice)));
      worst_month = std::min(worst_month, longest_of(term.bits(choice)));
    }
    if (term.field == CronField::day) earliest = std::min(earliest, worst_day);
    if (term.field == CronField::month) longest = std::max(longest, worst_month);
  }
  return earliest <= longest;
}

tl::expected<CronFields, CronError> parse_five(std::string_view text) {
  const std::vector<Piece> fields = split_fields(text);
  const Piece whole{text, 0};
  if (fields.empty()) {
    return wrong(whole.part(text.size()),
                 "a schedule has five fields: minute, hour, day of month, month, day of week");
  }
  if (fields.front().text.find('=') != std::string_view::npos) {
    return wrong(fields.front(), "a schedule holds no assignment: the time zone is a key of its own");
  }
  if (fields.size() < 5) {
    return wrong(whole.part(fields.back().end(), 0),
                 "the " + std::string(kFieldRules[fields.size()].name) +
                     " is missing: the fields are minute, hour, day of month, month, day of week");
  }
  if (fields.size() > 5) {
    return wrong(whole.part(fields[5].at, fields.back().end() - fields[5].at),
                 std::to_string(fields.size()) +
                     " fields, but this dialect has five: minute, hour, day of month, month, day of week; no "
                     "seconds, no years");
  }
  CronFields parsed;
  for (std::size_t i = 0; i < kFieldRules.size(); ++i) {
    if (const auto done = parse_field(kFieldRules[i], fields[i], parsed); !done) {
      return tl::unexpected<CronError>(done.error());
    }
  }
  if (!can_fire(parsed)) {
    return wrong(whole.part(fields[2].at, fields[3].end() - fields[2].at),
                 parsed.draws.empty()
                     ? "no month named here has such a day: this schedule would never fire"
                     : "H may pick a day that no month named here has: this schedule might never fire");
  }
  return parsed;
}

}  // namespace

tl::expected<CronFields, CronError> parse_fields(std::string_view text) {
  const std::vector<Piece> words = split_fields(text);
  if (words.empty() || words.front().text.front() != '@') return parse_five(text);
  if (words.size() > 1) return wrong(words[1], "nothing may follow " + quoted(words.front().text));
  for (const auto& [name, fields] : kMacros) {
    if (same_word(words.front().text, name)) return parse_five(fields);
  }
  return wrong(words.front(), "unknown word " + quoted(words.front().text) +
                                  ": there are @yearly @annually @monthly @weekly @daily @midnight @hourly");
}

}  // namespace dbssd::schedule
