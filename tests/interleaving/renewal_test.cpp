// A token that callers share, under every order of get, fetch, discard and peek.
#include "cloud/renewal.h"

#include <gtest/gtest.h>

#include <latch>
#include <set>
#include <stop_token>
#include <thread>

#include "interleaving/explore.h"

namespace dbssd::cloud {
namespace {

using namespace std::chrono_literals;
using interleaving::explore;
using Tokens = Renewal<int>;

/// A service that issues tokens, which are numbers from 1 on.
struct Issuer {
  SystemClock clock;
  int refuses = 0;  ///< so many first
  int issued = 0;
  int asked = 0;
  int under_way = 0;

  Expected<Tokens::Fresh> issue() {
    ++asked;
    EXPECT_EQ(++under_way, 1) << "fetched twice at a time";
    interleaving::yield();
    --under_way;
    if (refuses > 0) {
      --refuses;
      return fail(ErrorKind::unauthorized, "wrong password");
    }
    return Tokens::Fresh{++issued, MonoTime::max(), MonoTime::max()};
  }
  Tokens tokens(Seconds hold = Seconds{0}) {
    return Tokens(
        clock, [this](const Patience&) { return issue(); }, [hold](const Error&, int) { return hold; });
  }
  MonoTime in(Seconds span) const { return clock.now().mono + span; }
};

TEST(RenewalInEveryOrder, ATokenThatIsRefusedWhileOthersWaitForItIsFetchedAgain) {
  const auto orders = explore(
      [] {
        Issuer issuer;
        Tokens tokens = issuer.tokens();
        const auto call = [&] {
          const auto token = tokens.get(MonoTime::max());
          ASSERT_TRUE(token);
          EXPECT_EQ(token->value, static_cast<int>(token->generation)) << "another one's";
          // The service does not take the first.
          if (token->value == 1) {
            EXPECT_TRUE(tokens.discard(token->generation));
          }
        };
        {
          std::jthread a(call), b(call), c(call);
          if (const auto seen = tokens.peek()) {
            EXPECT_GE(*seen, 1);
          }
        }
        EXPECT_LE(issuer.issued, 2) << "one refusal discards one token";
      },
      {.preemptions = 3, .spurious_wakes = true});
  EXPECT_GT(orders, 500U);
}

TEST(RenewalInEveryOrder, AFailureIsSharedByThoseWhoWaitedForIt) {
  std::set<int> asked;
  explore([&] {
    Issuer issuer;
    issuer.refuses = 9;
    Tokens tokens = issuer.tokens(60s);
    const auto call = [&] {
      const auto token = tokens.get(MonoTime::max());
      ASSERT_FALSE(token);
      EXPECT_EQ(token.error().kind, ErrorKind::unauthorized);
    };
    { std::jthread a(call), b(call), c(call); }
    asked.insert(issuer.asked);
  });
  EXPECT_EQ(asked, std::set<int>{1}) << "the account may be locked by it";
}

TEST(RenewalInEveryOrder, WhoHasNoPatienceLeftGoesWithoutIt) {
  std::set<bool> got;
  explore([&] {
    Issuer issuer;
    Tokens tokens = issuer.tokens();
    std::jthread patient([&] { EXPECT_TRUE(tokens.get(MonoTime::max())); });
    std::jthread other([&] {
      const auto token = tokens.get(issuer.in(1s));
      got.insert(token.has_value());
      if (!token) {
        EXPECT_EQ(token.error().kind, ErrorKind::not_sent);
      }
    });
  });
  EXPECT_EQ(got, (std::set<bool>{false, true}));
}

TEST(RenewalInEveryOrder, ACancelledCallIsNotKeptByAFetchThatHangs) {
  explore([] {
    SystemClock clock;
    std::latch fetching(1), left(1);
    Tokens tokens(
        clock,
        [&](const Patience&) -> Expected<Tokens::Fresh> {
          fetching.count_down();
          left.wait();  // for ever, were the other one kept
          return fail(ErrorKind::not_sent, "hung");
        },
        [](const Error&, int) { return Seconds{60}; });
    std::stop_source cancel;
    std::jthread fetches([&] { EXPECT_FALSE(tokens.get(MonoTime::max())); });
    std::jthread waits([&] {
      fetching.wait();
      const auto token = tokens.get({MonoTime::max(), cancel.get_token()});
      ASSERT_FALSE(token);
      EXPECT_EQ(token.error().message, "cancelled");
      left.count_down();
    });
    cancel.request_stop();
  });
}

}  // namespace
}  // namespace dbssd::cloud
