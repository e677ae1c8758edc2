#include "schedule/zone.h"

#include <algorithm>
#include <utility>

namespace dbssd::schedule {

Zone::Zone(std::string name, std::vector<Stretch> stretches) {
  Data data{std::move(name), std::move(stretches), {}, {}};
  data.least_offset = data.greatest_offset = data.stretches.front().offset;
  for (const Stretch& s : data.stretches) {
    data.least_offset = std::min(data.least_offset, s.offset);
    data.greatest_offset = std::max(data.greatest_offset, s.offset);
  }
  data_ = std::make_shared<const Data>(std::move(data));
}

Zone Zone::utc() {
  static const Zone zone("UTC", {{kDawn, kHorizon, Seconds{0}, Local{kDawn.time_since_epoch()}}});
  return zone;
}

std::size_t Zone::index(Instant t) const {
  const auto& all = data_->stretches;
  const auto after = std::upper_bound(all.begin() + 1, all.end(), t,
                                      [](Instant at, const Stretch& s) { return at < s.begin; });
  return static_cast<std::size_t>(after - all.begin()) - 1;
}

Instant Zone::reached(Local reading) const {
  const auto& all = data_->stretches;
  const auto after = std::upper_bound(all.begin() + 1, all.end(), reading,
                                      [](Local at, const Stretch& s) { return at < s.passed; });
  const Stretch& s = *(after - 1);
  return after - 1 == all.begin() ? s.instant(reading) : std::max(s.begin, s.instant(reading));
}

Meaning Zone::meaning(Local reading) const {
  const auto& all = data_->stretches;
  const Instant utc{reading.time_since_epoch()};
  std::optional<Instant> first;
  std::optional<Instant> last;
  for (std::size_t i = index(utc - greatest_offset()); i < all.size(); ++i) {
    const Instant at = all[i].instant(reading);
    if ((at < all[i].begin && i > 0) || (at >= all[i].end && i + 1 < all.size())) {
      if (all[i].begin > utc - least_offset()) break;
      continue;
    }
    if (!first) first = at;
    last = at;
  }
  if (!first) {
    const Instant end = reached(reading);
    return {Meaning::Kind::gap, end, end};
  }
  return {first == last ? Meaning::Kind::unique : Meaning::Kind::repeated, *first, *last};
}

}  // namespace dbssd::schedule
