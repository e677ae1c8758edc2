#include "cloud/cpprest_exchange.h"

#include <algorithm>

namespace dbssd::cloud {
namespace {

std::uint64_t hex_digits(std::uint64_t number) {
  std::uint64_t digits = 1;
  while (number >>= 4) ++digits;
  return digits;
}

}  // namespace

std::uint64_t longest_stretch(std::uint64_t max_bytes) {
  constexpr std::uint64_t kLongest = std::uint64_t{16} << 20;
  constexpr std::uint64_t kHeader = std::uint64_t{128} << 10;  // and what is read together with its end
  return std::min(max_bytes, kLongest) + kHeader;
}

void Exchange::take_progress(std::uint64_t bytes, std::uint64_t limit) {
  if (bytes > limit) throw AnswerTooLarge{};  // a chunk of negative size counts as a huge one
  ledger->allow(longest_stretch(limit));
  const std::lock_guard lock(mutex);
  if (bytes <= chunked) return;
  const std::uint64_t size = bytes - std::exchange(chunked, bytes);
  chunk_marks += hex_digits(size) + 4;
}

bool Exchange::leaves_clean() {
  if (!ended || !home || failure || abandoned || !answered || !framing.another_may_follow) return false;
  constexpr std::uint64_t kLastChunk = 5;
  ledger->expect(header_bytes + (framing.chunked ? chunked + chunk_marks + kLastChunk : framing.length));
  return true;
}

}  // namespace dbssd::cloud
