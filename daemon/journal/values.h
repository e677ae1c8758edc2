// How each kind of field is held in a column, both ways. Instants are seconds of UTC since 1970, durations
// seconds, enumerations their spelling, an empty optional NULL, a list one item a line.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "journal/records.h"
#include "journal/sqlite.h"

namespace dbssd::journal::sqlite {

/// Items, each ended by a newline; backslash and newline inside one are written \\ and \n.
[[nodiscard]] std::string join_lines(const std::vector<std::string>& items);
[[nodiscard]] std::vector<std::string> split_lines(std::string_view text);

/// An enumeration's last value: the reader tries all up to it.
template <class E>
inline constexpr E kLast = E::unknown;
template <>
inline constexpr StartState kLast<StartState> = StartState::overdue;
template <>
inline constexpr RunState kLast<RunState> = RunState::settled;
template <>
inline constexpr Outcome kLast<Outcome> = Outcome::skipped;
template <>
inline constexpr cloud::BusiType kLast<cloud::BusiType> = cloud::BusiType::risk;

/// Binds values to a statement's parameters, one after the other. Lists are kept alive here until the binder
/// goes.
class Binder {
 public:
  Binder(Statement& statement, int first) : statement_(statement), at_(first) {}

  void operator()(const std::string& value) { statement_.bind(at_++, value); }
  void operator()(Instant value) { statement_.bind(at_++, value.time_since_epoch().count()); }
  void operator()(Seconds value) { statement_.bind(at_++, value.count()); }
  void operator()(bool value) { statement_.bind(at_++, std::int64_t{value}); }
  void operator()(int value) { statement_.bind(at_++, std::int64_t{value}); }
  void operator()(std::int64_t value) { statement_.bind(at_++, value); }
  void operator()(const std::vector<std::string>& value) {
    statement_.bind(at_++, lines_ = join_lines(value));
  }
  template <class Tag>
  void operator()(const Id<Tag>& value) {
    (*this)(value.str());
  }
  template <class E>
  requires std::is_enum_v<E>
  void operator()(E value) { statement_.bind(at_++, to_string(value)); }
  template <class T>
  void operator()(const std::optional<T>& value) {
    if (value) {
      (*this)(*value);
    } else {
      statement_.bind_null(at_++);
    }
  }

 private:
  Statement& statement_;
  int at_;
  std::string lines_;  // a record has one list at most
};

/// Reads the columns of the current row, one after the other.
class RowReader {
 public:
  RowReader(const Statement& row, int first) : row_(row), at_(first) {}

  /// True once a column held what this program does not know.
  [[nodiscard]] bool failed() const { return failed_; }

  void operator()(std::string& value) { value = row_.text(at_++); }
  void operator()(Instant& value) { value = Instant(Seconds(row_.integer(at_++))); }
  void operator()(Seconds& value) { value = Seconds(row_.integer(at_++)); }
  void operator()(bool& value) { value = row_.integer(at_++) != 0; }
  void operator()(int& value) { value = static_cast<int>(row_.integer(at_++)); }
  void operator()(std::int64_t& value) { value = row_.integer(at_++); }
  void operator()(std::vector<std::string>& value) { value = split_lines(row_.text(at_++)); }
  template <class Tag>
  void operator()(Id<Tag>& value) {
    value = Id<Tag>(std::string(row_.text(at_++)));
  }
  template <class E>
  requires std::is_enum_v<E>
  void operator()(E& value) {
    const std::string_view spelled = row_.text(at_++);
    for (int i = 0; i <= static_cast<int>(kLast<E>); ++i) {
      value = static_cast<E>(i);
      if (to_string(value) == spelled) return;
    }
    failed_ = true;
  }
  template <class T>
  void operator()(std::optional<T>& value) {
    if (row_.is_null(at_)) {
      value.reset();
      ++at_;
    } else {
      (*this)(value.emplace());
    }
  }

 private:
  const Statement& row_;
  int at_;
  bool failed_ = false;
};

}  // namespace dbssd::journal::sqlite
