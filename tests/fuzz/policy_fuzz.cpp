#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "fuzz/policy_properties.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const std::string broken = dbssd::policy::fuzz::broken_policy_promise(text);
  if (broken.empty()) return 0;
  std::fprintf(stderr, "%s\n", broken.c_str());
  std::abort();
}
