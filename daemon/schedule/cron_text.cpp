#include <bit>
#include <string>
#include <vector>

#include "schedule/cron_fields.h"

namespace dbssd::schedule {
namespace {

struct Printed {
  CronField field;
  unsigned low;
  unsigned high;
};

std::string join(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ",") + item;
  return text;
}

std::string range(unsigned low, unsigned high) { return std::to_string(low) + "-" + std::to_string(high); }

// "0-45/15" where the values have one distance, otherwise runs: "1-5,8".
void print_values(std::uint64_t bits, std::vector<std::string>& items) {
  std::vector<unsigned> values;
  for (; bits != 0; bits &= bits - 1) values.push_back(static_cast<unsigned>(std::countr_zero(bits)));
  if (values.size() > 2) {
    const unsigned step = values[1] - values[0];
    bool even = step > 1;
    for (std::size_t i = 1; i < values.size(); ++i) even = even && values[i] - values[i - 1] == step;
    if (even) {
      items.push_back(range(values.front(), values.back()) + "/" + std::to_string(step));
      return;
    }
  }
  for (std::size_t i = 0; i < values.size();) {
    std::size_t last = i;
    while (last + 1 < values.size() && values[last + 1] == values[last] + 1) ++last;
    if (last - i < 2) last = i;
    items.push_back(last == i ? std::to_string(values[i]) : range(values[i], values[last]));
    i = last + 1;
  }
}

// A field that was written with a star must start with one again: the largest */n within it, then the rest.
void print_star(std::uint64_t bits, const Printed& field, std::vector<std::string>& items) {
  for (unsigned step = 1;; ++step) {
    std::uint64_t every = 0;
    for (unsigned value = field.low; value <= field.high; value += step) every |= std::uint64_t{1} << value;
    if ((every & ~bits) != 0) continue;
    items.push_back(step == 1 ? "*" : "*/" + std::to_string(step));
    print_values(bits & ~every, items);
    return;
  }
}

void print_bits_with(std::uint64_t bits, const char* suffix, std::vector<std::string>& items) {
  for (; bits != 0; bits &= bits - 1) items.push_back(std::to_string(std::countr_zero(bits)) + suffix);
}

std::string print_field(const CronFields& fields, const Printed& field) {
  const CronSets& sets = fields.sets;
  std::vector<std::string> items;
  switch (field.field) {
    case CronField::minute:
      if (sets.minute_star)
        print_star(sets.minutes, field, items);
      else
        print_values(sets.minutes, items);
      break;
    case CronField::hour:
      if (sets.hour_star)
        print_star(sets.hours, field, items);
      else
        print_values(sets.hours, items);
      break;
    case CronField::day:
      if (sets.any_day) return "*";
      print_values(sets.days, items);
      if (sets.last_day) items.emplace_back("L");
      if (sets.last_working_day) items.emplace_back("LW");
      print_bits_with(sets.nearest, "W", items);
      break;
    case CronField::month:
      if (sets.months == 0x1ffe)
        items.emplace_back("*");
      else
        print_values(sets.months, items);
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
    if (term.field != field.field) continue;
    std::string text = "H(" + range(term.low, term.high) + ")";
    if (term.step != 0) text += "/" + std::to_string(term.step);
    items.push_back(std::move(text));
  }
  return join(items);
}

}  // namespace

std::string print_fields(const CronFields& fields) {
  std::string text = print_field(fields, {CronField::minute, 0, 59});
  text += " " + print_field(fields, {CronField::hour, 0, 23});
  text += " " + print_field(fields, {CronField::day, 1, 31});
  text += " " + print_field(fields, {CronField::month, 1, 12});
  text += " " + print_field(fields, {CronField::weekday, 0, 6});
  return text;
}

}  // namespace dbssd::schedule
