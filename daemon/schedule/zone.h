// Time zones, as the system's tzdata tells them.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"
#include "schedule/calendar.h"

namespace dbssd::schedule {

/// A time of one offset from UTC: [begin, end).
struct Stretch {
  Instant begin{};
  Instant end{};
  Seconds offset{};  ///< what a local clock is ahead of UTC
  Local passed{};    ///< the end of all that local clocks had shown before `begin`: below it, readings are
                     ///< second passes, and from it to begin + offset lies what no clock showed

  [[nodiscard]] Local local(Instant t) const { return Local{t.time_since_epoch() + offset}; }
  [[nodiscard]] Instant instant(Local reading) const { return Instant{reading.time_since_epoch() - offset}; }
};

/// What a local time means.
struct Meaning {
  enum class Kind { unique, gap, repeated };
  Kind kind = Kind::unique;
  Instant first{};  ///< gap: the gap's end
  Instant last{};   ///< repeated: the last pass; otherwise as `first`
};

/// One generation of one zone's rules: an immutable value, cheap to copy, safe to use from any thread.
class Zone {
 public:
  /// Takes the stretches of tzif.h: contiguous, ascending, from kDawn or before to kHorizon or after.
  Zone(std::string name, std::vector<Stretch> stretches);
  [[nodiscard]] static Zone utc();

  [[nodiscard]] const std::string& name() const { return data_->name; }

  [[nodiscard]] Seconds offset(Instant t) const { return stretches()[index(t)].offset; }
  [[nodiscard]] Local local(Instant t) const { return stretches()[index(t)].local(t); }
  [[nodiscard]] Meaning meaning(Local reading) const;
  /// When a local clock first shows this reading or a later one: the reading's first pass, or the end of its
  /// gap.
  [[nodiscard]] Instant reached(Local reading) const;

  /// All stretches, and the index of the one that holds t; the first and the last one hold what is beyond
  /// them.
  [[nodiscard]] std::span<const Stretch> stretches() const { return data_->stretches; }
  [[nodiscard]] std::size_t index(Instant t) const;
  /// Bounds of every offset that the zone ever had.
  [[nodiscard]] Seconds least_offset() const { return data_->least_offset; }
  [[nodiscard]] Seconds greatest_offset() const { return data_->greatest_offset; }

  /// The same generation of the same zone.
  bool operator==(const Zone& other) const { return data_ == other.data_; }

 private:
  struct Data {
    std::string name;
    std::vector<Stretch> stretches;
    Seconds least_offset{};
    Seconds greatest_offset{};
  };
  std::shared_ptr<const Data> data_;
};

/// The zones of one directory of compiled tzdata. Thread-safe. Looks at no environment variable but TZDIR.
class ZoneDatabase {
 public:
  /// $TZDIR, or /usr/share/zoneinfo.
  [[nodiscard]] static std::string default_directory();
  explicit ZoneDatabase(std::string directory = default_directory());

  /// A zone by its IANA name, in its latest generation that refresh() saw. Reads the file on first use. The
  /// error says which name may have been meant. UTC is known without any file.
  [[nodiscard]] Expected<Zone> find(std::string_view name);

  /// Looks at the files of the zones in use (one stat each) and reads those that changed. True when the rules
  /// of any zone changed: find() gives the new generation from then on. A file that is gone or damaged leaves
  /// its zone as it was.
  bool refresh();

  /// Every zone that the directory holds, sorted.
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  struct Stamp {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t modified_ns = 0;
    std::int64_t changed_ns = 0;
    bool operator==(const Stamp&) const = default;
  };
  struct Entry {
    Zone zone;
    Stamp stamp;
    std::string bytes;
  };
  [[nodiscard]] static std::optional<Stamp> stamp_of(const std::string& path);
  [[nodiscard]] std::string suggestion(std::string_view name);

  const std::string directory_;
  std::mutex mutex_;
  std::vector<Entry> entries_;      // guarded by mutex_; few, so searched one by one
  std::vector<std::string> names_;  // guarded by mutex_; for suggestions, as listed since the last refresh()
};

}  // namespace dbssd::schedule
