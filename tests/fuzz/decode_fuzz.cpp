#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "fuzz/decode_properties.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string body(data, data + size);
  const std::string broken = dbssd::cloud::fuzz::broken_decode_promise(body);
  if (broken.empty()) return 0;
  std::fprintf(stderr, "%s\n", broken.c_str());
  std::abort();
}
