#include "cloud/probation.h"

#include <gtest/gtest.h>

#include <future>
#include <stop_token>

#include "cloud/credential_ledger.h"
#include "fakes/fake_clock.h"

namespace dbssd::cloud {
namespace {

using namespace std::chrono_literals;

class ProbationTest : public testing::Test {
 protected:
  bool enter(Probation& probation) { return probation.enter(clock.now().mono).has_value(); }
  /// One call with that outcome; for how long it leads to a hold.
  Seconds call(Probation& probation, Outcome outcome) {
    EXPECT_TRUE(enter(probation));
    return probation.conclude(outcome);
  }
  fakes::FakeClock clock{*parse_utc("2025-01-01T00:00:00Z")};
};

TEST_F(ProbationTest, OneCallAtATimeUntilOneWasAdmitted) {
  Probation probation(clock, {.most_refusals = 3, .first_hold = 60s});
  EXPECT_TRUE(enter(probation));
  EXPECT_FALSE(enter(probation));
  (void)probation.conclude(Outcome::admitted);
  EXPECT_TRUE(enter(probation));
  EXPECT_TRUE(enter(probation));
}

TEST_F(ProbationTest, OneCallAtATimeForEverWhereTheTermsSaySo) {
  Probation probation(clock, {.most_refusals = 1, .first_hold = 60s, .ever_alone = true});
  EXPECT_EQ(call(probation, Outcome::admitted), 0s);
  EXPECT_TRUE(enter(probation));
  EXPECT_FALSE(enter(probation));
}

TEST_F(ProbationTest, ARefusalPutsItOnTrialAgain) {
  Probation probation(clock, {.most_refusals = 3, .first_hold = 60s});
  EXPECT_EQ(call(probation, Outcome::admitted), 0s);
  EXPECT_EQ(call(probation, Outcome::refused), 0s);
  EXPECT_TRUE(enter(probation));
  EXPECT_FALSE(enter(probation));
}

TEST_F(ProbationTest, ADoubtPutsItOnTrialAgainAndWhatIsUnderWayProvesNothing) {
  Probation probation(clock, {.most_refusals = 3, .first_hold = 60s});
  EXPECT_EQ(call(probation, Outcome::admitted), 0s);
  EXPECT_TRUE(enter(probation));
  EXPECT_TRUE(enter(probation));
  probation.doubt();
  EXPECT_FALSE(enter(probation)) << "its outcome would be taken for one of theirs";
  (void)probation.conclude(Outcome::admitted);  // of those from before
  EXPECT_FALSE(enter(probation));
  (void)probation.conclude(Outcome::admitted);
  EXPECT_TRUE(enter(probation)) << "the one that tries";
  EXPECT_FALSE(enter(probation));
  (void)probation.conclude(Outcome::admitted);
  EXPECT_TRUE(enter(probation));
  EXPECT_TRUE(enter(probation));
}

TEST_F(ProbationTest, ADoubtWhileOneTriesLetsAnotherTryAfterIt) {
  Probation probation(clock, {.most_refusals = 3, .first_hold = 60s});
  EXPECT_TRUE(enter(probation));
  probation.doubt();
  EXPECT_FALSE(enter(probation));
  (void)probation.conclude(Outcome::admitted);
  EXPECT_TRUE(enter(probation));
  EXPECT_FALSE(enter(probation));
}

TEST_F(ProbationTest, RefusalsInARowHoldItEachTimeForTwiceAsLongUpToAnHour) {
  Probation probation(clock, {.most_refusals = 1, .first_hold = 120s});
  for (const Seconds expected : {120s, 240s, 480s, 960s, 1920s, 3600s, 3600s}) {
    EXPECT_EQ(call(probation, Outcome::refused), expected);
    clock.advance(expected - 1s);
    const auto held = probation.enter(clock.now().mono);
    ASSERT_FALSE(held);
    EXPECT_EQ(held.error().kind, ErrorKind::unauthorized);
    EXPECT_EQ(held.error().retry_after, 1s);
    clock.advance(1s);
  }
}

TEST_F(ProbationTest, AnAdmissionForgetsWhatWas) {
  Probation probation(clock, {.most_refusals = 1, .first_hold = 120s});
  EXPECT_EQ(call(probation, Outcome::refused), 120s);
  clock.advance(120s);
  EXPECT_EQ(call(probation, Outcome::admitted), 0s);
  EXPECT_EQ(call(probation, Outcome::refused), 120s);
}

TEST_F(ProbationTest, OnlyRefusalsWithoutAnAdmissionBetweenThemAddUp) {
  Probation probation(clock, {.most_refusals = 3, .first_hold = 360s});
  EXPECT_EQ(call(probation, Outcome::refused), 0s);
  EXPECT_EQ(call(probation, Outcome::refused), 0s);
  EXPECT_EQ(call(probation, Outcome::admitted), 0s);
  EXPECT_EQ(call(probation, Outcome::refused), 0s);
  EXPECT_EQ(call(probation, Outcome::unclear), 0s);
  EXPECT_EQ(call(probation, Outcome::refused), 0s);
  EXPECT_EQ(call(probation, Outcome::refused), 360s);
}

TEST_F(ProbationTest, CallsThatFailTogetherHoldItOnce) {
  Probation probation(clock, {.most_refusals = 3, .first_hold = 360s});
  EXPECT_EQ(call(probation, Outcome::admitted), 0s);
  for (int i = 0; i < 16; ++i) EXPECT_TRUE(enter(probation));
  int holds = 0;
  for (int i = 0; i < 16; ++i) holds += probation.conclude(Outcome::refused) > 0s;
  EXPECT_EQ(holds, 1);
}

TEST(Probation, TheOneThatWaitsGoesNext) {
  const SystemClock clock;
  Probation probation(clock, {.most_refusals = 3, .first_hold = 60s});
  ASSERT_TRUE(probation.enter(clock.now().mono));
  auto waiting =
      std::async(std::launch::async, [&] { return probation.enter(clock.now().mono + 1min).has_value(); });
  (void)probation.conclude(Outcome::unclear);
  EXPECT_TRUE(waiting.get());
}

TEST(Probation, TheOneThatIsCancelledWaitsNoMore) {
  const SystemClock clock;
  Probation probation(clock, {.most_refusals = 3, .first_hold = 60s});
  ASSERT_TRUE(probation.enter(clock.now().mono));
  std::stop_source cancel;
  const Patience patience{clock.now().mono + 1h, cancel.get_token()};
  auto waiting = std::async(std::launch::async, [&] { return probation.enter(patience); });
  cancel.request_stop();
  const auto entered = waiting.get();
  ASSERT_FALSE(entered);
  EXPECT_EQ(entered.error().kind, ErrorKind::not_sent);
}

TEST_F(ProbationTest, TheLedgerKnowsACredentialByItsSecrets) {
  CredentialLedger ledger(clock);
  const Probation::Terms terms{.most_refusals = 1, .first_hold = 120s};
  const auto first = ledger.probation({"password", "acme", "ops", "wrong"}, terms);
  EXPECT_EQ(first, ledger.probation({"password", "acme", "ops", "wrong"}, terms));
  EXPECT_NE(first, ledger.probation({"password", "acme", "ops", "right"}, terms));
  EXPECT_NE(first, ledger.probation({"password", "acme", "opswrong", ""}, terms));
}

TEST_F(ProbationTest, TheLedgerKnowsTheServicesClockAsFarAsItMatters) {
  CredentialLedger ledger(clock);
  const auto note = [&](Seconds ahead) { return ledger.note_service_date(clock.now().second() + ahead); };
  EXPECT_FALSE(note(300s));
  EXPECT_EQ(ledger.service_ahead(), 0s);
  EXPECT_TRUE(note(-1000s));
  EXPECT_EQ(ledger.service_ahead(), -1000s);
  EXPECT_FALSE(note(-1001s));
  EXPECT_TRUE(note(0s));
  EXPECT_EQ(ledger.service_ahead(), 0s);
}

}  // namespace
}  // namespace dbssd::cloud
