#include "simulator/chance.h"

namespace dbss_sim {

std::uint64_t Chance::mix(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31);
}

std::uint64_t Chance::of(std::string_view subject, std::string_view purpose) const {
  std::uint64_t hash = 0xcbf29ce484222325U ^ seed_;
  const auto take = [&hash](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    hash = (hash ^ 0xffU) * 0x100000001b3U;
  };
  take(subject);
  take(purpose);
  return mix(hash);
}

bool Chance::happens(double probability) {
  return static_cast<double>(next() >> 11) * 0x1.0p-53 < probability;
}

std::string Chance::hex(std::string_view subject, std::string_view purpose, std::size_t digits) const {
  std::string out;
  out.reserve(digits);
  std::uint64_t bits = of(subject, purpose);
  for (std::size_t i = 0; i < digits; ++i, bits >>= 4) {
    if (i != 0 && i % 16 == 0) bits = mix(of(subject, purpose) + i);
    out += "0123456789abcdef"[bits & 15];
  }
  return out;
}

std::string Chance::uuid(std::string_view subject, std::string_view purpose) const {
  std::string out = hex(subject, purpose, 32);
  for (const std::size_t at : {20U, 16U, 12U, 8U}) out.insert(at, 1, '-');
  return out;
}

std::string Chance::word(std::string_view subject, std::string_view purpose, std::size_t letters) const {
  static constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string out;
  out.reserve(letters);
  std::uint64_t bits = of(subject, purpose);
  for (std::size_t i = 0; i < letters; ++i) {
    if (i != 0 && i % 8 == 0) bits = mix(of(subject, purpose) + i);
    out += kLetters[bits % kLetters.size()];
    bits /= kLetters.size();
  }
  return out;
}

}  // namespace dbss_sim
