// Names that several ask for, while one gives up.
#include "cloud/resolver.h"

#include <gtest/gtest.h>

#include <latch>
#include <new>
#include <set>
#include <thread>

#include "interleaving/explore.h"

namespace dbssd::cloud {
namespace {

using namespace std::chrono_literals;
using interleaving::explore;

TEST(ResolverInEveryOrder, OneLookUpAnswersAllAndACancelEndsTheWait) {
  std::set<int> looked;
  explore([&] {
    int look_ups = 0;
    {
      Resolver resolver([&](const std::string&) {
        ++look_ups;
        return Resolver::Found{};
      });
      const auto ask = [&] { (void)resolver.resolve("dbss.example", MonoTime::clock::now() + 60s); };
      std::jthread a(ask), b(ask);
      resolver.cancel();
    }
    looked.insert(look_ups);
  });
  EXPECT_EQ(looked, (std::set<int>{0, 1})) << "the answer serves both";
}

TEST(ResolverInEveryOrder, ALookUpThatThrowsIsAFailureOfItsNameAlone) {
  explore([] {
    Resolver resolver([](const std::string&) -> Resolver::Found { throw std::bad_alloc(); });
    const auto resolved = resolver.resolve("dbss.example", MonoTime::max());
    ASSERT_FALSE(resolved);
    EXPECT_EQ(resolved.error().kind, ErrorKind::not_sent);
  });
}

TEST(ResolverInEveryOrder, WithoutAThreadTheErrorSaysWhatToDo) {
  explore(
      [] {
        interleaving::grant_threads(0);
        Resolver resolver([](const std::string&) { return Resolver::Found{}; });
        const auto refused = resolver.resolve("dbss.example", MonoTime::max());
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().kind, ErrorKind::not_sent);
        EXPECT_NE(refused.error().message.find("raise TasksMax="), std::string::npos);
        interleaving::grant_threads(1);
        EXPECT_TRUE(resolver.resolve("dbss.example", MonoTime::max()));
      },
      {.preemptions = 0});
}

}  // namespace
}  // namespace dbssd::cloud
