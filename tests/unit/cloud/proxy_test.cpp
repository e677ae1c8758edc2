#include "cloud/proxy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace dbssd::cloud {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Proxy, IsReadWithItsUserAndPassword) {
  struct Row {
    const char* url;
    const char* name;
    const char* user;
    const char* password;
  };
  for (const Row& row : {Row{"http://proxy.example:3128", "proxy.example:3128", "", ""},
                         {"http://proxy.example/", "proxy.example:80", "", ""},
                         {"proxy.example:8080", "proxy.example:8080", "", ""},
                         {"HTTP://10.0.0.1:1", "10.0.0.1:1", "", ""},
                         {"http://ops@proxy", "proxy:80", "ops", ""},
                         {"http://ops:secret@proxy:3128", "proxy:3128", "ops", "secret"},
                         {"http://o%70s:%40%3a/%25@proxy:3128", "proxy:3128", "ops", "@:/%"},
                         {"http://ops:a@b:c@proxy:3128", "proxy:3128", "ops", "a@b:c"}}) {
    const auto proxy = parse_proxy(row.url);
    ASSERT_TRUE(proxy) << row.url << ": " << proxy.error().message;
    EXPECT_EQ(proxy->name(), row.name);
    EXPECT_EQ(proxy->user, row.user);
    EXPECT_EQ(proxy->password.reveal(), row.password);
  }
}

TEST(Proxy, ThatIsNoneIsRefusedWithoutAWordOfIt) {
  for (const char* url :
       {"", "http://", "socks5://ops:secret@proxy", "https://ops:secret@proxy",
        "http://ops:secret@proxy/path", "http://ops:secret@", "http://ops:secret@proxy:0",
        "http://ops:secret@[::1]:3128", "http://:secret@proxy", "http://ops:sec%0d%0aret@proxy",
        "http://o%3Aps:secret@proxy", "http://ops:secret%4@proxy", "http://ops:secret%zz@proxy"}) {
    const auto proxy = parse_proxy(url);
    ASSERT_FALSE(proxy) << url;
    EXPECT_THAT(proxy.error().message, Not(HasSubstr("sec")));
    EXPECT_THAT(proxy.error().message, Not(testing::IsEmpty()));
  }
}

bool is_direct(const std::string& rules, const char* address) {
  return ProxyRules{*parse_proxy("http://proxy"), rules}.to(*parse_origin(address)) == nullptr;
}

TEST(ProxyRules, LeaveOutTheHostsThatAreNamed) {
  struct Row {
    const char* rules;
    const char* address;
    bool direct;
  };
  for (const Row& row : {Row{"", "https://a.example", false},
                         {"a.example", "https://a.example", true},
                         {"A.Example", "https://a.eXample", true},
                         {"a.example", "https://dbss.a.example", true},
                         {".a.example", "https://dbss.a.example", true},
                         {".a.example", "https://a.example", true},
                         {"a.example", "https://not-a.example", false},
                         {"a.example.", "https://a.example", false},
                         {"b.example, ,a.example", "https://a.example", true},
                         {"b.example a.example", "https://a.example", true},
                         {"a.example:443", "https://a.example", true},
                         {"a.example:8443", "https://a.example", false},
                         {"a.example:8443", "https://a.example:8443", true},
                         {"10.0.0.1", "https://10.0.0.1", true},
                         {"*", "https://a.example", true},
                         {".", "https://a.example", false},
                         {",,", "https://a.example", false}})
    EXPECT_EQ(is_direct(row.rules, row.address), row.direct) << row.rules << " | " << row.address;
}

TEST(ProxyRules, NeverSendPlainHttpThroughAProxy) { EXPECT_TRUE(is_direct("", "http://127.0.0.1:8080")); }

Expected<ProxyRules> in(const std::map<std::string, std::string>& variables) {
  return proxy_of([&](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  });
}

TEST(ProxyOfTheEnvironment, IsThatOfTheUsualVariables) {
  EXPECT_FALSE(in({})->proxy);
  EXPECT_FALSE(in({{"HTTPS_PROXY", ""}})->proxy);
  EXPECT_FALSE(in({{"HTTP_PROXY", "http://proxy"}})->proxy) << "nothing of plain http goes anywhere";
  EXPECT_EQ(in({{"HTTPS_PROXY", "http://upper"}, {"NO_PROXY", "a"}})->direct, "a");
  const auto both = in({{"https_proxy", "http://lower"}, {"HTTPS_PROXY", "http://upper"}, {"no_proxy", "b"}});
  EXPECT_EQ(both->proxy->host, "lower");
  EXPECT_EQ(both->direct, "b");
}

TEST(ProxyOfTheEnvironment, NamesTheVariableThatIsWrong) {
  const auto rules = in({{"https_proxy", "ftp://ops:secret@proxy"}});
  ASSERT_FALSE(rules);
  EXPECT_EQ(rules.error().message, "the environment's https_proxy must start with http://");
}

}  // namespace
}  // namespace dbssd::cloud
