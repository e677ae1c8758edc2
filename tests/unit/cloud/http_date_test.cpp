#include "cloud/http_date.h"

#include <gtest/gtest.h>

namespace dbssd::cloud {
namespace {

TEST(HttpDate, TheFormOfServersIsRead) {
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), parse_utc("1994-11-06T08:49:37Z"));
  EXPECT_EQ(parse_http_date("Thu, 29 Feb 2024 23:59:59 GMT"), parse_utc("2024-02-29T23:59:59Z"));
  EXPECT_EQ(parse_http_date("Wed, 01 Jan 2025 00:00:00 GMT"), parse_utc("2025-01-01T00:00:00Z"));
}

TEST(HttpDate, EverythingElseIsNothing) {
  for (const char* text :
       {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 +00", "Sun, 31 Feb 2024 00:00:00 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 0x Nov 1994 08:49:37 GMT", "120"}) {
    EXPECT_FALSE(parse_http_date(text)) << text;
  }
}

}  // namespace
}  // namespace dbssd::cloud
