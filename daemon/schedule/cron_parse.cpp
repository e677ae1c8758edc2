#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <optional>
#include <utility>

#include "schedule/cron_fields.h"

namespace dbssd::schedule {
namespace {

struct FieldRule {
  CronField field;
  std::string_view name;
  unsigned low;
  unsigned high;
  unsigned hash_high;      // H stays where every month, or one week, has the value
  std::string_view names;  // three letters each, the first means first_name
  unsigned first_name;
};

constexpr std::array<FieldRule, 5> kRules{{
    {CronField::minute, "minute", 0, 59, 59, "", 0},
    {CronField::hour, "hour", 0, 23, 23, "", 0},
    {CronField::day, "day of month", 1, 31, 28, "", 0},
    {CronField::month, "month", 1, 12, 12, "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC", 1},
    {CronField::weekday, "day of week", 0, 7, 6, "SUNMONTUEWEDTHUFRISAT", 0},
}};

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
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return upper(x) == upper(y); });
}

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

// A piece of the expression that knows where it stands in it.
struct Piece {
  std::string_view text;
  std::size_t at = 0;

  [[nodiscard]] Piece part(std::size_t from, std::size_t count = std::string_view::npos) const {
    return {text.substr(from, count), at + from};
  }
  [[nodiscard]] std::size_t end() const { return at + text.size(); }
};

tl::unexpected<CronError> wrong(const Piece& where, std::string message) {
  return tl::unexpected<CronError>(CronError{where.at, where.text.size(), std::move(message)});
}

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

// Reads the items of one field, from left to right.
class FieldParser {
 public:
  using Result = tl::expected<void, CronError>;

  FieldParser(const FieldRule& rule, Piece field, CronFields& out) : rule_(rule), field_(field), out_(out) {}

  [[nodiscard]] Result parse() {
    CronSets& sets = out_.sets;
    const bool any = field_.text == "*" || field_.text == "?";
    if (rule_.field == CronField::day) sets.any_day = any;
    if (rule_.field == CronField::weekday) sets.any_weekday = any;
    if (rule_.field == CronField::minute) sets.minute_star = any || field_.text.front() == '*';
    if (rule_.field == CronField::hour) sets.hour_star = any || field_.text.front() == '*';
    if (any) {
      add(rule_.low, rule_.high, 1);
      return {};
    }
    std::size_t begin = 0;
    while (true) {
      const std::size_t comma = std::min(field_.text.find(',', begin), field_.text.size());
      if (comma == begin) {
        return wrong(field_.part(begin < field_.text.size() ? begin : begin - 1, 1),
                     "a value is missing beside this comma");
      }
      rest_ = field_.part(begin, comma - begin);
      if (Result item = parse_item(); !item) return item;
      if (!rest_.text.empty()) return wrong(rest_.part(0, 1), unexpected_rest());
      if (comma == field_.text.size()) return {};
      begin = comma + 1;
    }
  }

 private:
  struct Value {
    unsigned number = 0;
    Piece where;
  };

  [[nodiscard]] bool take(char c) {
    if (rest_.text.empty() || upper(rest_.text.front()) != c) return false;
    rest_ = rest_.part(1);
    return true;
  }

  [[nodiscard]] bool next_is(char c) const { return !rest_.text.empty() && upper(rest_.text.front()) == c; }

  // The letters or digits that the rest begins with.
  [[nodiscard]] Piece run(bool (*belongs)(char)) const {
    const auto stop = std::find_if_not(rest_.text.begin(), rest_.text.end(), belongs);
    return rest_.part(0, static_cast<std::size_t>(stop - rest_.text.begin()));
  }

  void add(unsigned low, unsigned high, unsigned step) {
    std::uint64_t bits = 0;
    for (unsigned value = low; value <= high; value += step) bits |= std::uint64_t{1} << value;
    add_values(out_.sets, rule_.field, bits);
  }

  [[nodiscard]] std::string bounds() const {
    return std::to_string(rule_.low) + "-" + std::to_string(rule_.high);
  }

  [[nodiscard]] std::string unexpected_rest() const {
    const std::string_view c = rest_.text.substr(0, 1);
    if (c == "*" || c == "?") return quoted(c) + " must stand alone";
    return "unexpected " + quoted(c) + " in " + std::string(rule_.name);
  }

  [[nodiscard]] Result parse_item() {
    const Piece word = run(is_letter);
    if (take('*')) return parse_step(rule_.low, rule_.high, 1);
    if (next_is('?')) return wrong(rest_.part(0, 1), "'?' must be the whole field");
    if (same_word(word.text, "H")) return parse_hash();
    if (same_word(word.text, "L") || same_word(word.text, "LW")) return parse_last(word);
    if (same_word(word.text, "W")) return wrong(word, "a day goes before 'W', as in 15W");
    const auto first = parse_value();
    if (!first) return tl::unexpected<CronError>(first.error());
    if (is_digit(first->where.text.front()) && is_letter(rest_.text.empty() ? '0' : rest_.text.front())) {
      return parse_suffix(*first);
    }
    if (next_is('#')) return parse_nth(*first);
    if (!take('-')) {
      if (next_is('/')) return parse_step(first->number, rule_.high, 1);
      add(first->number, first->number, 1);
      return {};
    }
    const auto last = parse_range_end(*first);
    if (!last) return tl::unexpected<CronError>(last.error());
    return parse_step(first->number, *last, 1);
  }

  // Whatever may follow a range: nothing, or /n.
  [[nodiscard]] Result parse_step(unsigned low, unsigned high, unsigned step) {
    if (take('/')) {
      const auto given = parse_step_number();
      if (!given) return tl::unexpected<CronError>(given.error());
      step = given->number;
    }
    add(low, high, step);
    return {};
  }

  [[nodiscard]] tl::expected<Value, CronError> parse_step_number() {
    const Piece digits = run(is_digit);
    if (digits.text.empty()) return wrong(missing_here(), "the step after '/' must be a number");
    rest_ = rest_.part(digits.text.size());
    const unsigned step = to_number(digits.text);
    if (step == 0) return wrong(digits, "a step of 0 leads nowhere");
    return Value{step, digits};
  }

  // Where something is missing: the character that stands there instead, or the end of the item.
  [[nodiscard]] Piece missing_here() const { return rest_.part(0, 1); }

  // Large enough to be out of every range, small enough to add to.
  [[nodiscard]] static unsigned to_number(std::string_view digits) {
    unsigned number = 0;
    for (const char c : digits) number = std::min(number * 10 + static_cast<unsigned>(c - '0'), 100'000U);
    return number;
  }

  [[nodiscard]] tl::expected<Value, CronError> parse_value() {
    if (const Piece digits = run(is_digit); !digits.text.empty()) {
      rest_ = rest_.part(digits.text.size());
      const unsigned number = to_number(digits.text);
      if (number < rule_.low || number > rule_.high) {
        return wrong(digits, std::string(rule_.name) + " " + std::string(digits.text) + " is out of range " +
                                 bounds());
      }
      return Value{number, digits};
    }
    const Piece word = run(is_letter);
    if (word.text.empty()) {
      if (rest_.text.empty()) return wrong(rest_, "a value is missing in " + std::string(rule_.name));
      return wrong(rest_.part(0, 1), unexpected_rest());
    }
    for (std::size_t i = 0; i < rule_.names.size(); i += 3) {
      if (!same_word(word.text, rule_.names.substr(i, 3))) continue;
      rest_ = rest_.part(3);
      return Value{rule_.first_name + static_cast<unsigned>(i / 3), word};
    }
    return wrong(word, unknown_word(word.text));
  }

  [[nodiscard]] std::string unknown_word(std::string_view word) const {
    std::string message = quoted(word) + " is no " + std::string(rule_.name);
    for (std::size_t i = 0; i < rule_.names.size() && word.size() > 3; i += 3) {
      const std::string_view name = rule_.names.substr(i, 3);
      if (!same_word(word.substr(0, 3), name)) continue;
      const bool last = rule_.field == CronField::weekday && same_word(word.substr(3), "L");
      return message + (last ? ": the last one of a month is " + std::to_string(i / 3) + "L"
                             : ", did you mean " + std::string(name) + "?");
    }
    if (rule_.names.empty()) message += ": numbers " + bounds();
    return message;
  }

  // The end of a range that began with `first`. Sunday ends a week as well as it begins one, by number and by
  // name.
  [[nodiscard]] tl::expected<unsigned, CronError> parse_range_end(const Value& first) {
    auto last = parse_value();
    if (!last) return tl::unexpected<CronError>(last.error());
    const bool by_name = is_letter(last->where.text.front());
    if (rule_.field == CronField::weekday && by_name && last->number == 0 && first.number > 0)
      last->number = 7;
    if (last->number < first.number) {
      const Piece range{field_.text.substr(first.where.at - field_.at, last->where.end() - first.where.at),
                        first.where.at};
      return wrong(range, "the range " + std::string(range.text) + " runs backwards");
    }
    return last->number;
  }

  [[nodiscard]] Result parse_last(const Piece& word) {
    if (rule_.field != CronField::day) {
      const bool weekday = rule_.field == CronField::weekday;
      return wrong(word, quoted(word.text) +
                             (weekday ? " needs a weekday before it, as in 5L, or belongs in the day of month"
                                      : " belongs in the day of month"));
    }
    rest_ = rest_.part(word.text.size());
    (word.text.size() == 1 ? out_.sets.last_day : out_.sets.last_working_day) = true;
    return {};
  }

  // nW and nL
  [[nodiscard]] Result parse_suffix(const Value& value) {
    const Piece word = run(is_letter);
    if (rule_.field == CronField::day && same_word(word.text, "W")) {
      out_.sets.nearest |= 1U << value.number;
    } else if (rule_.field == CronField::weekday && same_word(word.text, "L")) {
      out_.sets.last_weekdays = static_cast<std::uint8_t>(out_.sets.last_weekdays | 1U << value.number % 7);
    } else if (same_word(word.text, "L") || same_word(word.text, "W")) {
      return wrong(word, quoted(word.text) + " after a value belongs in the day of " +
                             (same_word(word.text, "L") ? "week" : "month"));
    } else {
      return wrong(word, "unexpected " + quoted(word.text) + " in " + std::string(rule_.name));
    }
    rest_ = rest_.part(word.text.size());
    return {};
  }

  [[nodiscard]] Result parse_nth(const Value& value) {
    if (rule_.field != CronField::weekday) return wrong(rest_.part(0, 1), "'#' belongs in the day of week");
    rest_ = rest_.part(1);
    const Piece digits = run(is_digit);
    if (digits.text.empty())
      return wrong(missing_here(), "which one of the month? A number 1-5 goes after '#'");
    const unsigned k = to_number(digits.text);
    if (k < 1 || k > 5)
      return wrong(digits, "a weekday comes up to 5 times in a month, so 1-5 goes after '#'");
    rest_ = rest_.part(digits.text.size());
    auto& weekdays = out_.sets.nth_weekdays[k - 1];
    weekdays = static_cast<std::uint8_t>(weekdays | 1U << value.number % 7);
    return {};
  }

  // H, H/n, H(a-b), H(a-b)/n
  [[nodiscard]] Result parse_hash() {
    rest_ = rest_.part(1);
    unsigned low = rule_.low;
    unsigned high = rule_.hash_high;
    if (take('(')) {
      const auto first = parse_value();
      if (!first) return tl::unexpected<CronError>(first.error());
      if (!take('-')) return wrong(missing_here(), "H takes a range, as in H(0-29)");
      const auto last = parse_range_end(*first);
      if (!last) return tl::unexpected<CronError>(last.error());
      if (!take(')')) return wrong(missing_here(), "')' is missing");
      low = first->number;
      high = *last;
    }
    HashTerm term{rule_.field, static_cast<std::uint8_t>(low), static_cast<std::uint8_t>(high), 0};
    if (take('/')) {
      const auto step = parse_step_number();
      if (!step) return tl::unexpected<CronError>(step.error());
      if (step->number > high - low + 1) {
        return wrong(step->where, "the step is longer than the range " + std::to_string(low) + "-" +
                                      std::to_string(high) + " of H");
      }
      term.step = static_cast<std::uint8_t>(step->number);
    }
    out_.draws.push_back(term);
    return {};
  }

  const FieldRule& rule_;
  const Piece field_;
  CronFields& out_;
  Piece rest_;  // what is left of the item
};

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
  if (fields.empty())
    return wrong(whole.part(text.size()),
                 "a schedule has five fields: minute, hour, day of month, month, day of week");
  if (fields.front().text.find('=') != std::string_view::npos) {
    return wrong(fields.front(), "a schedule holds no assignment: the time zone is a key of its own");
  }
  if (fields.size() < 5) {
    return wrong(whole.part(fields.back().end(), 0),
                 "the " + std::string(kRules[fields.size()].name) +
                     " is missing: the fields are minute, hour, day of month, month, day of week");
  }
  if (fields.size() > 5) {
    return wrong(whole.part(fields[5].at, fields.back().end() - fields[5].at),
                 std::to_string(fields.size()) +
                     " fields, but this dialect has five: minute, hour, day of month, month, day of week; no "
                     "seconds, no years");
  }
  CronFields parsed;
  for (std::size_t i = 0; i < kRules.size(); ++i) {
    if (const auto done = FieldParser(kRules[i], fields[i], parsed).parse(); !done)
      return tl::unexpected<CronError>(done.error());
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
  if (words.size() > 1) return wrong(words[1], "nothing may follow " + std::string(words.front().text));
  for (const auto& [name, fields] : kMacros) {
    if (same_word(words.front().text, name)) return parse_five(fields);
  }
  return wrong(words.front(), "unknown word " + std::string(words.front().text) +
                                  ": there are @yearly @annually @monthly @weekly @daily @midnight @hourly");
}

}  // namespace dbssd::schedule
