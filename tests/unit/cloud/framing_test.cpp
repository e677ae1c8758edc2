#include "cloud/framing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dbssd::cloud {
namespace {

using testing::HasSubstr;

struct Row {
  const char* name;
  AnswerHead head;
  bool another_may_follow;
  bool chunked;
  std::uint64_t length;
};

TEST(Framing, AnAnswersEndIsFound) {
  for (const Row& row : {
           Row{"length", {200, 1, 1, "17", {}}, true, false, 17},
           Row{"length 0", {200, 1, 1, "0", {}}, true, false, 0},
           Row{"leading zeros", {200, 1, 1, "0017", {}}, true, false, 17},
           Row{"chunks", {200, 1, 1, {}, "chunked"}, true, true, 0},
           Row{"chunks in capitals", {200, 1, 1, {}, "Chunked"}, true, true, 0},
           Row{"until the connection ends", {200, 1, 1, {}, {}}, false, false, 0},
           Row{"both", {200, 1, 1, "17", "chunked"}, false, true, 0},
           Row{"no content", {204, 1, 1, {}, {}}, true, false, 0},
           Row{"no content of length 0", {204, 1, 1, "0", {}}, true, false, 0},
           Row{"no content with some", {204, 1, 1, "5", {}}, false, false, 5},
           Row{"not modified in chunks", {304, 1, 1, {}, "chunked"}, false, true, 0},
           Row{"an error", {503, 1, 1, "2", {}}, true, false, 2},
           Row{"HTTP/1.0", {200, 1, 0, "2", {}}, false, false, 2},
       }) {
    const Framing framing = framing_of(row.head);
    EXPECT_EQ(framing.fault, "") << row.name;
    EXPECT_EQ(framing.another_may_follow, row.another_may_follow) << row.name;
    EXPECT_EQ(framing.chunked, row.chunked) << row.name;
    EXPECT_EQ(framing.length, row.length) << row.name;
  }
}

TEST(Framing, WhatTwoReadersCouldEndDifferentlyIsAFault) {
  for (const char* length : {"", " ", "abc", "-1", "+1", "1 2", "2, 2", "2, 8", "0x10", "1.0", "17 ",
                             "9223372036854775808", "99999999999999999999"}) {
    const Framing framing = framing_of({200, 1, 1, length, {}});
    EXPECT_THAT(framing.fault, HasSubstr("Content-Length is no number")) << length;
    EXPECT_FALSE(framing.another_may_follow) << length;
  }
  for (const char* coding : {"", "gzip", "gzip, chunked", "chunked, chunked", "xchunked", "identity"}) {
    const Framing framing = framing_of({200, 1, 1, {}, coding});
    EXPECT_THAT(framing.fault, HasSubstr("Transfer-Encoding is not chunked")) << coding;
    EXPECT_FALSE(framing.another_may_follow) << coding;
  }
}

TEST(Framing, WhatIsNoFinalAnswerIsAFault) {
  for (const int status : {0, 7, 100, 101, 103, 199, 600, 999}) {
    const Framing framing = framing_of({status, 1, 1, "0", {}});
    EXPECT_EQ(framing.fault, "HTTP " + std::to_string(status) + " is no answer");
    EXPECT_FALSE(framing.another_may_follow);
  }
  EXPECT_EQ(framing_of({200, 2, 0, "0", {}}).fault, "an answer of HTTP/2");
}

}  // namespace
}  // namespace dbssd::cloud
