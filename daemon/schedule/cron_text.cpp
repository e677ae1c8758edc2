#include <bit>
#include <string>
#include <utility>
#include <vector>

#include "schedule/bit_runs.h"
#include "schedule/cron_fields.h"

namespace dbssd::schedule {
namespace {

std::string join(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ",") + item;
  return text;
}

std::string range(unsigned low, unsigned high) { return std::to_string(low) + "-" + std::to_string(high); }

// "0-45/15" where the values have one distance, otherwise "1-5,8".
void print_values(std::uint64_t bits, std::vector<std::string>& items) {
  for (const Run& run : runs_of(bits, 3)) {
    std::string text = std::to_string(run.first);
    if (run.last != run.first) text = range(run.first, run.last);
    if (run.step != 1) text += "/" + std::to_string(run.step);
    items.push_back(std::move(text));
  }
}

// Minutes or hours, which begin at 0. What was written with a star must start with one again, for that makes
// a wildcard: the largest */n within, then the rest.
void print_times(std::uint64_t bits, unsigned high, bool star, std::vector<std::string>& items) {
  for (unsigned step = 1; star; ++step) {
    std::uint64_t every = 0;
    for (unsigned value = 0; value <= high; value += step) every |= std::uint64_t{1} << value;
    if ((every & ~bits) != 0) continue;
    items.push_back(step == 1 ? "*" : "*/" + std::to_string(step));
    bits &= ~every;
    break;
  }
  print_values(bits, items);
}

void print_bits_with(std::uint64_t bits, const char* suffix, std::vector<std::string>& items) {
  for (; bits != 0; bits &= bits - 1) items.push_back(std::to_string(std::countr_zero(bits)) + suffix);
}

std::string print_field(const CronFields& fields, CronField field) {
  const CronSets& sets = fields.sets;
  std::vector<std::string> items;
  switch (field) {
    case CronField::minute:
      print_times(sets.minutes, 59, sets.minute_star, items);
      break;
    case CronField::hour:
      print_times(sets.hours, 23, sets.hour_star, items);
      break;
    case CronField::day:
      if (sets.any_day) return "*";
      print_values(sets.days, items);
      if (sets.last_day) items.emplace_back("L");
      if (sets.last_working_day) items.emplace_back("LW");
      print_bits_with(sets.nearest, "W", items);
      break;
    case CronField::month:
      if (sets.months == kAllMonths) {
        items.emplace_back("*");
      } else {
        print_values(sets.months, items);
      }
      break;
    case CronField::weekday:
      if (sets.any_weekday) return "*";
      print_values(sets.weekdays, items);
      print_bits_with(sets.last_weekdays, "L", items);
      for (std::size_t k = 0; k < sets.nth_weekdays.size(); ++k) {
        print_bits_with(sets.nth_weekdays[k], ("#" + std::to_string(k + 1)).c_str(), items);
      }
      break;
  }
  for (const HashTerm& term : fields.draws) {
    if (term.field != field) continue;
    std::string text = "H(" + range(term.low, term.high) + ")";
    if (term.step != 0) text += "/" + std::to_string(term.step);
    items.push_back(std::move(text));
  }
  return join(items);
}

}  // namespace

std::string print_fields(const CronFields& fields) {
  std::string text = print_field(fields, CronField::minute);
  for (const CronField field : {CronField::hour, CronField::day, CronField::month, CronField::weekday}) {
    text += " " + print_field(fields, field);
  }
  return text;
}

}  // namespace dbssd::schedule
