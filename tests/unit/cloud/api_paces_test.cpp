#include "cloud/api_paces.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <stop_token>
#include <vector>

#include "cloud/credential_ledger.h"
#include "fakes/fake_clock.h"

namespace dbssd::cloud {
namespace {

using namespace std::chrono_literals;

constexpr const char* kCreate = "create report";
constexpr const char* kList = "list instances";

class ApiPacesTest : public testing::Test {
 protected:
  using Member = ApiPaces::Member;

  MonoTime in(Millis span) const { return clock.now().mono + span; }
  std::unique_ptr<Member> member(int per_second = 10, std::size_t most_waiting = 8) {
    return std::make_unique<Member>(paces, per_second, most_waiting);
  }
  void refuse(Member& member, const std::string& message = {}) {
    Error error;
    error.kind = ErrorKind::throttled;
    error.message = message;
    member.refused(kCreate, clock.now().mono, error);
  }

  fakes::FakeClock clock{*parse_utc("2025-01-01T00:00:00Z")};
  std::shared_ptr<ApiPaces> paces = std::make_shared<ApiPaces>(clock);
};

TEST_F(ApiPacesTest, WhatWasNotRefusedLeavesAtOnceHoweverManyThereAre) {
  const auto one = member();
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(one->enter(kCreate, in(0s)));
}

TEST_F(ApiPacesTest, ARefusalSlowsItsOwnApiAndNoOther) {
  const auto one = member();
  refuse(*one);
  const auto create = one->enter(kCreate, in(500ms));
  ASSERT_FALSE(create);
  EXPECT_EQ(create.error().kind, ErrorKind::throttled);
  EXPECT_EQ(create.error().retry_after, 1s);
  EXPECT_TRUE(one->enter(kList, in(0s)));
}

TEST_F(ApiPacesTest, ARefusalOfOneClientIsOneOfAllClientsOfTheUser) {
  const auto first = member();
  const auto second = member();
  refuse(*first, "policy user over ratelimit,limit:10,time:1 minute");
  EXPECT_FALSE(second->enter(kCreate, in(0s)));
  clock.advance(60s);
  int left = 0;
  for (; second->enter(kCreate, in(0s)) || first->enter(kCreate, in(0s)); ++left) ASSERT_LT(left, 10);
  EXPECT_EQ(left, 1) << "they have nine a minute together";
}

TEST_F(ApiPacesTest, TheLedgerGivesTheSameToOneUserInOneRegion) {
  CredentialLedger ledger(clock);
  const auto prod = ledger.paces({"password", "https://dbss.a", "ops"});
  EXPECT_EQ(prod, ledger.paces({"password", "https://dbss.a", "ops"}));
  EXPECT_NE(prod, ledger.paces({"password", "https://dbss.b", "ops"}));
  EXPECT_NE(prod, ledger.paces({"password", "https://dbss.a", "dev"}));
}

TEST_F(ApiPacesTest, NoMoreThanSoManyCallsOfAClientWaitAndTheOthersAreToldForHowLong) {
  const auto one = member(10, 2);
  refuse(*one);  // five a second, from a second on
  std::stop_source cancel;
  std::vector<std::future<bool>> waiting;
  for (int i = 0; i < 2; ++i) {
    waiting.push_back(std::async(std::launch::async, [&] {
      return one->enter(kCreate, {in(1h), cancel.get_token()}).has_value();
    }));
  }
  Expected<void> third;
  // A place is free until both are there.
  do {
    third = one->enter(kCreate, in(999ms));
    ASSERT_FALSE(third);
  } while (third.error().retry_after < 1400ms);
  EXPECT_EQ(third.error().retry_after, 1400ms);
  EXPECT_TRUE(one->enter(kList, in(0s))) << "there is a thread left for it";
  cancel.request_stop();
  for (auto& one_of_them : waiting) EXPECT_FALSE(one_of_them.get());
}

}  // namespace
}  // namespace dbssd::cloud
