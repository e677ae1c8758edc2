#include "cloud/resolver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include <atomic>
#include <chrono>
#include <future>

namespace dbssd::cloud {
namespace {

using namespace std::chrono_literals;

MonoTime in(Millis span) { return std::chrono::steady_clock::now() + span; }

/// A look-up that hangs until it is let go, and can outlive its test.
struct Hanging {
  std::shared_ptr<std::promise<void>> go = std::make_shared<std::promise<void>>();
  std::shared_ptr<std::atomic<int>> calls = std::make_shared<std::atomic<int>>(0);
  Resolver::LookUp look_up() const {
    return [gate = std::shared_future<void>(go->get_future()), calls = calls](const std::string&) {
      ++*calls;
      gate.wait();
      return Resolver::Found{};
    };
  }
};

TEST(Resolver, ANumericAddressNeedsNoLookUp) {
  Resolver resolver([](const std::string&) { return Resolver::Found{EAI_FAIL}; });
  const auto addresses = resolver.resolve("127.0.0.1", in(0ms));
  ASSERT_TRUE(addresses);
  EXPECT_THAT(addresses->v4, testing::ElementsAre("127.0.0.1"));
  EXPECT_FALSE(addresses->v6);
}

TEST(Resolver, TheSystemIsAskedForAddresses) {
  Resolver resolver;
  const auto addresses = resolver.resolve("localhost", in(5s));
  ASSERT_TRUE(addresses) << addresses.error().message;
  EXPECT_THAT(addresses->v4, testing::Contains("127.0.0.1"));
}

TEST(Resolver, AFailureIsNotSentAndNamesTheHost) {
  Resolver resolver([](const std::string&) { return Resolver::Found{EAI_NONAME}; });
  const auto resolved = resolver.resolve("nowhere.example", in(5s));
  ASSERT_FALSE(resolved);
  EXPECT_EQ(resolved.error().kind, ErrorKind::not_sent);
  EXPECT_THAT(resolved.error().message, testing::HasSubstr("nowhere.example"));
}

TEST(Resolver, ASuccessIsTrustedForAWhileAndAFailureIsNot) {
  std::atomic<int> calls = 0;
  std::atomic<int> result = EAI_AGAIN;
  Resolver resolver([&](const std::string&) {
    ++calls;
    return Resolver::Found{result.load(), {{"192.0.2.1", "192.0.2.2"}, true}};
  });
  EXPECT_FALSE(resolver.resolve("h", in(5s)));
  result = 0;
  for (int i = 0; i < 2; ++i) {
    const auto addresses = resolver.resolve("h", in(5s));
    ASSERT_TRUE(addresses);
    EXPECT_THAT(addresses->v4, testing::ElementsAre("192.0.2.1", "192.0.2.2"));
    EXPECT_TRUE(addresses->v6);
  }
  EXPECT_EQ(calls, 2);
}

TEST(Resolver, AHangingLookUpIsGivenUpAtTheDeadlineAndNotStartedTwice) {
  const Hanging hanging;
  Resolver resolver(hanging.look_up());
  for (int i = 0; i < 3; ++i) {
    const auto resolved = resolver.resolve("slow.example", in(20ms));
    ASSERT_FALSE(resolved);
    EXPECT_EQ(resolved.error().kind, ErrorKind::not_sent);
  }
  EXPECT_EQ(*hanging.calls, 1);
  hanging.go->set_value();
}

TEST(Resolver, AHangingNameDelaysNoOther) {
  const Hanging hanging;
  Resolver resolver([slow = hanging.look_up()](const std::string& host) {
    return host == "slow" ? slow(host) : Resolver::Found{};
  });
  auto stuck = std::async(std::launch::async, [&] { return resolver.resolve("slow", in(10s)).has_value(); });
  EXPECT_TRUE(resolver.resolve("quick", in(5s)));
  hanging.go->set_value();
  EXPECT_TRUE(stuck.get());
}

TEST(Resolver, CancelEndsTheWait) {
  const Hanging hanging;
  Resolver resolver(hanging.look_up());
  auto waiting =
      std::async(std::launch::async, [&] { return resolver.resolve("slow", in(1min)).has_value(); });
  resolver.cancel();
  EXPECT_FALSE(waiting.get());
  EXPECT_FALSE(resolver.resolve("slow", in(1min)));
  hanging.go->set_value();
}

TEST(Resolver, ALookUpMayOutliveItsResolver) {
  const Hanging hanging;
  { EXPECT_FALSE(Resolver(hanging.look_up()).resolve("slow", in(5ms))); }
  hanging.go->set_value();
}

}  // namespace
}  // namespace dbssd::cloud
