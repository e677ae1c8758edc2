// One answer at a time: DBSSD_FUZZ_ANSWER names it. Without it, all of them look at each input.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "fuzz/decode_properties.h"

namespace {

using dbssd::cloud::fuzz::DecodedAnswer;
using dbssd::cloud::fuzz::kAnswers;

const DecodedAnswer* chosen() {
  const char* name = std::getenv("DBSSD_FUZZ_ANSWER");
  if (name == nullptr) return nullptr;
  const auto answer = std::ranges::find(kAnswers, name, &DecodedAnswer::name);
  if (answer != kAnswers.end()) return &*answer;
  std::fprintf(stderr, "there is no answer %s\n", name);
  std::exit(2);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const DecodedAnswer* const kChosen = chosen();
  std::string body(data, data + size);
  body.reserve(size + dbssd::cloud::kPageMargin);  // as it comes out of the client
  const std::string broken =
      kChosen == nullptr ? dbssd::cloud::fuzz::broken_decode_promise(body) : kChosen->broken_promise(body);
  if (broken.empty()) return 0;
  std::fprintf(stderr, "%s\n", broken.c_str());
  std::abort();
}
