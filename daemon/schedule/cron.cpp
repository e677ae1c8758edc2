#include "schedule/cron.h"

#include <bit>
#include <utility>

namespace dbssd::schedule {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::month;
using std::chrono::year;
using std::chrono::year_month_day;

// Longer than any schedule waits: 29 February on a given weekday can be 40 years off.
constexpr int kYearsToSearch = 41;

// SplitMix64's output function: one hash has to yield a value of its own for each H of an expression.
// Changing it moves every user's schedules: never.
std::uint64_t draw(std::uint64_t hash, std::uint64_t index) {
  std::uint64_t z = hash + (index + 1) * 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

CronSets drawn(const CronFields& fields, std::uint64_t hash) {
  CronSets sets = fields.sets;
  for (std::size_t i = 0; i < fields.draws.size(); ++i) {
    const HashTerm& term = fields.draws[i];
    add_values(sets, term.field, term.bits(static_cast<unsigned>(draw(hash, i) % term.choices())));
  }
  return sets;
}

constexpr std::uint64_t from_bit(int bit) { return ~std::uint64_t{0} << bit; }
constexpr std::uint64_t up_to_bit(int bit) { return ~std::uint64_t{0} >> (63 - bit); }
int lowest(std::uint64_t bits) { return std::countr_zero(bits); }
int highest(std::uint64_t bits) { return 63 - std::countl_zero(bits); }

minutes time_of(int hour, int minute) { return hours{hour} + minutes{minute}; }
minutes first_time(const CronSets& sets) { return time_of(lowest(sets.hours), lowest(sets.minutes)); }
minutes last_time(const CronSets& sets) { return time_of(highest(sets.hours), highest(sets.minutes)); }

// The first time of day at or after `from`, none when the day is over.
std::optional<minutes> time_at_or_after(const CronSets& sets, minutes from) {
  const int hour = static_cast<int>(from.count() / 60);
  const int minute = static_cast<int>(from.count() % 60);
  if ((sets.hours >> hour & 1U) != 0) {
    if (const auto rest = sets.minutes & from_bit(minute)) return time_of(hour, lowest(rest));
  }
  if (const auto rest = sets.hours & from_bit(hour + 1)) return time_of(lowest(rest), lowest(sets.minutes));
  return std::nullopt;
}

std::optional<minutes> time_at_or_before(const CronSets& sets, minutes to) {
  const int hour = static_cast<int>(to.count() / 60);
  const int minute = static_cast<int>(to.count() % 60);
  if ((sets.hours >> hour & 1U) != 0) {
    if (const auto rest = sets.minutes & up_to_bit(minute)) return time_of(hour, highest(rest));
  }
  if (hour == 0) return std::nullopt;
  if (const auto rest = sets.hours & up_to_bit(hour - 1)) {
    return time_of(highest(rest), highest(sets.minutes));
  }
  return std::nullopt;
}

std::optional<local_days> day_at_or_after(const CronSets& sets, local_days from) {
  const year_month_day ymd{from};
  int first_day = static_cast<int>(static_cast<unsigned>(ymd.day()));
  int first_month = static_cast<int>(static_cast<unsigned>(ymd.month()));
  for (year y = ymd.year(); y <= ymd.year() + std::chrono::years{kYearsToSearch}; ++y) {
    for (auto rest = sets.months & from_bit(first_month); rest != 0; rest &= rest - 1) {
      const int m = lowest(rest);
      const std::uint64_t wanted =
          days_in(sets, y, month{static_cast<unsigned>(m)}) & from_bit(m == first_month ? first_day : 1);
      if (wanted != 0) return local_days{y / m / lowest(wanted)};
    }
    first_month = 0;
  }
  return std::nullopt;
}

std::optional<local_days> day_at_or_before(const CronSets& sets, local_days to) {
  const year_month_day ymd{to};
  const int last_day = static_cast<int>(static_cast<unsigned>(ymd.day()));
  int last_month = static_cast<int>(static_cast<unsigned>(ymd.month()));
  for (year y = ymd.year(); y >= ymd.year() - std::chrono::years{kYearsToSearch}; --y) {
    for (auto rest = sets.months & up_to_bit(last_month); rest != 0;) {
      const int m = highest(rest);
      rest ^= std::uint64_t{1} << m;
      const std::uint64_t wanted =
          days_in(sets, y, month{static_cast<unsigned>(m)}) & up_to_bit(m == last_month ? last_day : 31);
      if (wanted != 0) return local_days{y / m / highest(wanted)};
    }
    last_month = 13;
  }
  return std::nullopt;
}

}  // namespace

Cron::Cron(CronFields fields) : fields_(std::move(fields)), sets_(drawn(fields_, 0)) {}

tl::expected<Cron, CronError> Cron::parse(std::string_view text) {
  return parse_fields(text).map([](CronFields fields) { return Cron{std::move(fields)}; });
}

Cron Cron::resolved(std::uint64_t hash) const { return Cron{CronFields{drawn(fields_, hash), {}}}; }

std::optional<Local> Cron::at_or_after(Local from) const {
  const auto minute = std::chrono::ceil<minutes>(from);
  const local_days today = floor<days>(minute);
  const auto day = day_at_or_after(sets_, today);
  if (!day) return std::nullopt;
  if (*day != today) return *day + first_time(sets_);
  if (const auto time = time_at_or_after(sets_, minute - today)) return today + *time;
  const auto later = day_at_or_after(sets_, today + days{1});
  if (!later) return std::nullopt;
  return *later + first_time(sets_);
}

std::optional<Local> Cron::at_or_before(Local to) const {
  const auto minute = floor<minutes>(to);
  const local_days today = floor<days>(minute);
  const auto day = day_at_or_before(sets_, today);
  if (!day) return std::nullopt;
  if (*day != today) return *day + last_time(sets_);
  if (const auto time = time_at_or_before(sets_, minute - today)) return today + *time;
  const auto earlier = day_at_or_before(sets_, today - days{1});
  if (!earlier) return std::nullopt;
  return *earlier + last_time(sets_);
}

}  // namespace dbssd::schedule
