#include "schedule/cron_fields.h"

namespace dbssd::schedule {
namespace {

using std::chrono::local_days;
using std::chrono::Saturday;
using std::chrono::Sunday;
using std::chrono::weekday;

// Days from 1 to 31 that fall on one of the weekdays, in a month whose first day is `first`.
std::uint32_t spread_weekdays(std::uint8_t weekdays, unsigned first) {
  const std::uint32_t week =
      ((weekdays | (std::uint32_t{weekdays} << 7)) >> first) & 0x7fU;  // bit 0 is day 1
  std::uint32_t days = 0;
  for (unsigned at = 1; at <= 29; at += 7) days |= week << at;
  return days;
}

unsigned nearest_working_day(unsigned day, unsigned first, unsigned last) {
  const unsigned on = (first + day - 1) % 7;
  if (on == Saturday.c_encoding()) return day > 1 ? day - 1 : day + 2;
  if (on == Sunday.c_encoding()) return day < last ? day + 1 : day - 2;
  return day;
}

}  // namespace

std::uint64_t HashTerm::bits(unsigned choice) const {
  if (step == 0) return std::uint64_t{1} << (low + choice);
  std::uint64_t all = 0;
  for (unsigned value = low + choice; value <= high; value += step) all |= std::uint64_t{1} << value;
  return all;
}

void add_values(CronSets& sets, CronField field, std::uint64_t bits) {
  switch (field) {
    case CronField::minute:
      sets.minutes |= bits;
      break;
    case CronField::hour:
      sets.hours |= static_cast<std::uint32_t>(bits);
      break;
    case CronField::day:
      sets.days |= static_cast<std::uint32_t>(bits);
      break;
    case CronField::month:
      sets.months = static_cast<std::uint16_t>(sets.months | bits);
      break;
    case CronField::weekday:
      sets.weekdays = static_cast<std::uint8_t>((sets.weekdays | bits | bits >> 7) & 0x7fU);
      break;
  }
}

std::uint32_t days_in(const CronSets& sets, std::chrono::year year, std::chrono::month month) {
  const auto last = static_cast<unsigned>((year / month / std::chrono::last).day());
  const auto all = static_cast<std::uint32_t>((std::uint64_t{2} << last) - 2);
  if (sets.any_day && sets.any_weekday) return all;
  const unsigned first = weekday{local_days{year / month / 1}}.c_encoding();

  std::uint32_t days = 0;
  if (!sets.any_day) {
    days |= sets.days;
    if (sets.last_day) days |= 1U << last;
    if (sets.last_working_day) days |= 1U << nearest_working_day(last, first, last);
    for (std::uint32_t rest = sets.nearest & all; rest != 0; rest &= rest - 1) {
      days |= 1U << nearest_working_day(static_cast<unsigned>(__builtin_ctz(rest)), first, last);
    }
  }
  if (!sets.any_weekday) {
    days |= spread_weekdays(sets.weekdays, first);
    for (unsigned k = 0; k < sets.nth_weekdays.size(); ++k) {
      if (sets.nth_weekdays[k] == 0) continue;
      days |= spread_weekdays(sets.nth_weekdays[k], first) & (0xfeU << (7 * k));
    }
    if (sets.last_weekdays != 0) days |= spread_weekdays(sets.last_weekdays, first) & (0xfeU << (last - 7));
  }
  return days & all;
}

}  // namespace dbssd::schedule
