#include "engine/sha256.h"

#include <gtest/gtest.h>

namespace dbssd::engine {
namespace {

// The examples of FIPS 180-4, and of the empty text.
TEST(Sha256, IsThatOfTheStandard) {
  struct Row {
    std::string bytes, digest;
  };
  for (const Row& row : {Row{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
                         Row{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
                         Row{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                             "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
                         Row{std::string(1'000'000, 'a'),
                             "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"}}) {
    Sha256 whole;
    whole.add(row.bytes);
    EXPECT_EQ(whole.hex().value(), row.digest);
    Sha256 in_parts;
    const std::span<const char> bytes(row.bytes);
    for (std::size_t at = 0; at < bytes.size(); at += 7)
      in_parts.add(bytes.subspan(at, std::min<std::size_t>(7, bytes.size() - at)));
    EXPECT_EQ(in_parts.hex().value(), row.digest);
  }
}

}  // namespace
}  // namespace dbssd::engine
