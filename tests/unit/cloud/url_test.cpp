#include "cloud/url.h"

#include <gtest/gtest.h>

namespace dbssd::cloud {
namespace {

TEST(Url, EverythingButUnreservedCharactersIsEncoded) {
  EXPECT_EQ(percent_encode("AZaz09-_.~"), "AZaz09-_.~");
  EXPECT_EQ(percent_encode("a b/c?d&e=f+g%"), "a%20b%2Fc%3Fd%26e%3Df%2Bg%25");
  EXPECT_EQ(percent_encode(std::string_view("\0\n\xFF", 3)), "%00%0A%FF");
  EXPECT_EQ(percent_encode("\xC3\xBC"), "%C3%BC");
}

TEST(Url, ASegmentCannotBecomeTwo) {
  const std::vector<std::string> segments{"v1", "a/../b", "c"};
  EXPECT_EQ(encoded_path(segments), "/v1/a%2F..%2Fb/c");
  EXPECT_EQ(encoded_path({}), "/");
}

TEST(Url, DotSegmentsAreNotPlain) {
  EXPECT_FALSE(is_plain_segment(""));
  EXPECT_FALSE(is_plain_segment("."));
  EXPECT_FALSE(is_plain_segment(".."));
  EXPECT_TRUE(is_plain_segment("..."));
  EXPECT_TRUE(is_plain_segment("a"));
}

TEST(Url, AQueryKeepsItsOrder) {
  const std::vector<std::pair<std::string, std::string>> query{{"z", "1"}, {"a", "x y"}, {"e", ""}};
  EXPECT_EQ(encoded_query(query), "z=1&a=x%20y&e=");
}

struct OriginRow {
  const char* text;
  bool tls;
  const char* host;
  const char* port;
  const char* authority;
};

TEST(Url, OriginsAreTakenApart) {
  for (const OriginRow& row :
       {OriginRow{"https://dbss.example", true, "dbss.example", "443", "dbss.example"},
        OriginRow{"http://127.0.0.1:8080/", false, "127.0.0.1", "8080", "127.0.0.1:8080"},
        OriginRow{"http://localhost", false, "localhost", "80", "localhost"},
        OriginRow{"https://DBSS.Example:8443", true, "dbss.example", "8443", "dbss.example:8443"},
        OriginRow{"https://h:443", true, "h", "443", "h:443"}}) {
    const auto origin = parse_origin(row.text);
    ASSERT_TRUE(origin) << row.text;
    EXPECT_EQ(origin->tls, row.tls) << row.text;
    EXPECT_EQ(origin->host, row.host) << row.text;
    EXPECT_EQ(origin->port, row.port) << row.text;
    EXPECT_EQ(origin->authority, row.authority) << row.text;
  }
}

TEST(Url, WhatIsNoOriginIsRefused) {
  for (const char* text : {"", "dbss.example", "ftp://h", "https://", "https://:443", "https://h:",
                           "https://h:0", "https://h:65536", "https://h:123456", "https://h:80x",
                           "https://h/path", "https://u@h", "https://[::1]:80", "https://h h", "HTTPS://h"}) {
    EXPECT_FALSE(parse_origin(text)) << text;
  }
}

}  // namespace
}  // namespace dbssd::cloud
