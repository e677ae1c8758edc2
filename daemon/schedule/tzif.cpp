// Not cctz: the 2.3 that is packaged refuses or misreads "slim" files whose last explicit transitions differ
// from their footer's rule, talks to stderr, and keeps every zone it ever loaded, so that new tzdata needs a
// restart. tests/unit/schedule/zone_oracle_test.cpp compares both where cctz is right.
#include "schedule/tzif.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "schedule/posix_rule.h"

namespace dbssd::schedule {
namespace {

struct Transition {
  Instant at{};
  Seconds offset{};
};

// Takes big-endian numbers off the front; everything is zero and `failed` once the bytes have run out.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] std::string_view take(std::size_t count) {
    if (count > rest_.size()) {
      failed_ = true;
      rest_ = {};
      return {};
    }
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  [[nodiscard]] std::uint64_t unsigned_number(std::size_t width) {
    std::uint64_t value = 0;
    for (const char c : take(width)) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }
  [[nodiscard]] std::int64_t signed_number(std::size_t width) {
    const std::uint64_t value = unsigned_number(width);
    const std::uint64_t sign = std::uint64_t{1} << (8 * width - 1);
    return static_cast<std::int64_t>((value ^ sign) - sign);
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

struct Header {
  int version = 1;
  std::size_t isut = 0, isstd = 0, leaps = 0, times = 0, types = 0, chars = 0;

  [[nodiscard]] std::size_t body_size(std::size_t time_width) const {
    return times * (time_width + 1) + types * 6 + chars + leaps * (time_width + 4) + isstd + isut;
  }
};

std::optional<Header> read_header(Reader& in) {
  if (in.take(4) != "TZif") return std::nullopt;
  const std::string_view version = in.take(1);
  if (version.empty()) return std::nullopt;
  Header header;
  header.version = version.front() == '\0' ? 1 : version.front() - '0';
  if (header.version < 1) return std::nullopt;
  (void)in.take(15);
  for (std::size_t* count :
       {&header.isut, &header.isstd, &header.leaps, &header.times, &header.types, &header.chars}) {
    *count = in.unsigned_number(4);
  }
  return in.failed() ? std::nullopt : std::optional(header);
}

// The transitions of one data block. The first entry is what holds before all of them.
std::optional<std::vector<Transition>> read_block(Reader& in, const Header& header, std::size_t time_width) {
  constexpr std::int64_t kLongestOffset = 26 * 3600;
  Reader times(in.take(header.times * time_width));
  const std::string_view which = in.take(header.times);
  Reader types(in.take(header.types * 6));
  (void)in.take(header.body_size(time_width) - header.times * (time_width + 1) - header.types * 6);
  if (in.failed() || header.types == 0) return std::nullopt;

  std::vector<Seconds> offsets;
  for (std::size_t i = 0; i < header.types; ++i) {
    const std::int64_t offset = types.signed_number(4);
    (void)types.take(2);
    if (offset < -kLongestOffset || offset > kLongestOffset) return std::nullopt;
    offsets.emplace_back(offset);
  }
  std::vector<Transition> all{{kDawn, offsets.front()}};
  std::int64_t before = INT64_MIN;
  for (const char type : which) {
    const auto index = static_cast<unsigned char>(type);
    const std::int64_t at = times.signed_number(time_width);
    if (index >= offsets.size() || at < before) return std::nullopt;
    before = at;
    // Some files open with a transition at the beginning of time; it only says what holds at dawn.
    const Instant from{Seconds{at}};
    if (from <= kDawn) {
      all.front().offset = offsets[index];
    } else if (from < kHorizon) {
      all.push_back({from, offsets[index]});
    }
  }
  return all;
}

// Goes on by the footer's rule from the last transition of the file.
void extend(const PosixRule& rule, std::vector<Transition>& all) {
  if (!rule.has_dst()) {
    if (all.size() == 1) all.front().offset = rule.standard;
    return;
  }
  const Instant last = all.back().at;
  const bool only_rule = all.size() == 1;
  const std::chrono::year first_year =
      std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(last)}.year();
  std::vector<Transition> later;
  for (auto year = first_year - std::chrono::years{1};
       Instant{std::chrono::sys_days{year / 1 / 1}} <= kHorizon; ++year) {
    later.push_back({rule.dst_end(year), rule.standard});
    later.push_back({rule.dst_begin(year), rule.dst});
  }
  // At one instant the begin counts: DST that ends as it begins goes on all year.
  std::stable_sort(later.begin(), later.end(),
                   [](const Transition& a, const Transition& b) { return a.at < b.at; });
  for (const Transition& t : later) {
    if (t.at > last && t.at < kHorizon) {
      all.push_back(t);
    } else if (only_rule && t.at <= last) {
      all.front().offset = t.offset;
    }
  }
}

std::vector<Stretch> stretches_of(const std::vector<Transition>& transitions) {
  std::vector<Stretch> all;
  for (const Transition& t : transitions) {
    if (!all.empty() && all.back().begin == t.at) all.pop_back();
    if (!all.empty() && all.back().offset == t.offset) continue;
    all.push_back({t.at, kHorizon, t.offset, {}});
  }
  all.front().passed = all.front().local(all.front().begin);
  for (std::size_t i = 1; i < all.size(); ++i) {
    Stretch& earlier = all[i - 1];
    earlier.end = all[i].begin;
    all[i].passed = std::max(earlier.passed, earlier.local(earlier.end));
  }
  return all;
}

}  // namespace

Expected<std::vector<Stretch>> read_tzif(std::string_view bytes) {
  const auto malformed = [](std::string message) { return fail(ErrorKind::malformed, std::move(message)); };
  Reader in(bytes);
  auto header = read_header(in);
  if (!header) return malformed("not a compiled time zone");
  std::size_t time_width = 4;
  if (header->version > 1) {
    (void)in.take(header->body_size(4));
    header = read_header(in);
    time_width = 8;
    if (!header) return malformed("the time zone's file is cut short");
  }
  if (header->leaps != 0) return malformed("the time zone counts leap seconds, which no schedule does");
  auto transitions = read_block(in, *header, time_width);
  if (!transitions) return malformed("the time zone's file is damaged");
  if (header->version > 1) {
    if (in.take(1) != "\n") return malformed("the time zone's file has no footer");
    const std::string_view rest = in.rest();
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return malformed("the time zone's footer is cut short");
    if (end > 0) {
      const auto rule = parse_posix_rule(rest.substr(0, end));
      if (!rule) return malformed("the time zone's footer " + quoted(rest.substr(0, end)) + " is no rule");
      extend(*rule, *transitions);
    }
  }
  return stretches_of(*transitions);
}

}  // namespace dbssd::schedule
