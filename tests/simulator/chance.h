#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dbss_sim {

// Everything that varies, from one seed. What belongs to a thing (an id, a quirk) is a function of the seed
// and the thing's name, so that it does not depend on the order of requests; the rest is a plain sequence.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : seed_(seed), state_(mix(seed)) {}

  std::uint64_t of(std::string_view subject, std::string_view purpose) const;
  std::uint64_t next() { return mix(state_ += 0x9e3779b97f4a7c15U); }
  // True so often out of one.
  bool happens(double probability);

  std::string uuid(std::string_view subject, std::string_view purpose) const;
  std::string hex(std::string_view subject, std::string_view purpose, std::size_t digits) const;
  // Letters and digits, as the ids of templates and reports are.
  std::string word(std::string_view subject, std::string_view purpose, std::size_t letters) const;

  static std::uint64_t mix(std::uint64_t value);

 private:
  std::uint64_t seed_;
  std::uint64_t state_;
};

// A few coins from one number, in order.
class Coins {
 public:
  explicit Coins(std::uint64_t bits) : bits_(bits) {}
  bool flip() {
    const bool heads = (bits_ & 1) != 0;
    bits_ >>= 1;
    return heads;
  }

 private:
  std::uint64_t bits_;
};

}  // namespace dbss_sim
