#include "schedule/cron_field.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"

namespace dbssd::schedule {
namespace {

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
    if (is_digit(first->where.text.front()) && !run(is_letter).text.empty()) return parse_suffix(*first);
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
        return wrong(digits,
                     std::string(rule_.name) + " " + quoted(digits.text) + " is out of range " + bounds());
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

  // The end of a range that began with `first`. By number or by name, Sunday ends a week as well as it begins
  // one.
  [[nodiscard]] tl::expected<unsigned, CronError> parse_range_end(const Value& first) {
    auto last = parse_value();
    if (!last) return tl::unexpected<CronError>(last.error());
    const bool by_name = is_letter(last->where.text.front());
    const bool sunday_ends = rule_.field == CronField::weekday && by_name && last->number == 0;
    if (sunday_ends && first.number > 0) last->number = 7;
    if (last->number < first.number) {
      const Piece range{field_.text.substr(first.where.at - field_.at, last->where.end() - first.where.at),
                        first.where.at};
      return wrong(range, "the range " + quoted(range.text) + " runs backwards");
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
    if (digits.text.empty()) {
      return wrong(missing_here(), "which one of the month? A number 1-5 goes after '#'");
    }
    const unsigned k = to_number(digits.text);
    if (k < 1 || k > 5) {
      return wrong(digits, "a weekday comes up to 5 times in a month, so 1-5 goes after '#'");
    }
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

}  // namespace

tl::unexpected<CronError> wrong(const Piece& where, std::string message) {
  return tl::unexpected<CronError>(CronError{where.at, where.text.size(), std::move(message)});
}

tl::expected<void, CronError> parse_field(const FieldRule& rule, const Piece& field, CronFields& out) {
  return FieldParser(rule, field, out).parse();
}

}  // namespace dbssd::schedule
