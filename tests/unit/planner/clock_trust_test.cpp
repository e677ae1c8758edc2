#include "planner/clock_trust.h"

#include <gtest/gtest.h>

#include <vector>

namespace dbssd::planner {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr Instant kBegin{Seconds{1'748'822'400}};
constexpr Seconds kYear = hours{24 * 365};

/// What happens to the clocks, one after the other: time passes, the wall clock is set, an answer tells the
/// time that really is.
struct Step {
  enum class What { pass, set, answer } what;
  Seconds by{};
};
constexpr Step pass(Seconds by) { return {Step::What::pass, by}; }
constexpr Step set(Seconds by) { return {Step::What::set, by}; }
/// Dated so much ahead of the time that really is.
constexpr Step answer(Seconds ahead = Seconds{0}) { return {Step::What::answer, ahead}; }

struct Course {
  const char* what;
  std::vector<Step> steps;
  ClockDoubt doubt;
  Seconds sure;  ///< beyond the begin
};

class Clocks {
 public:
  explicit Clocks(std::optional<Instant> newest = kBegin) { begin_clock(trust, newest, now); }

  void take(const Step& step) {
    switch (step.what) {
      case Step::What::pass:
        now.wall += step.by;
        now.mono += step.by;
        passed += step.by;
        break;
      case Step::What::set:
        now.wall += step.by;
        break;
      case Step::What::answer:
        take_date(trust, {kBegin + passed + step.by, now.mono, now.mono}, now);
        return;
    }
    (void)take_reading(trust, now);
  }
  [[nodiscard]] Seconds sure() const { return sure_now(trust, now).second() - kBegin; }

  Now now{kBegin, MonoTime{Seconds{1000}}};
  Seconds passed{};
  ClockTrust trust;
};

class ClockTrustCourse : public testing::TestWithParam<Course> {};

TEST_P(ClockTrustCourse, LeavesTheTimeThatIsSure) {
  Clocks clocks;
  for (const Step& step : GetParam().steps) clocks.take(step);
  EXPECT_EQ(clocks.trust.doubt, GetParam().doubt);
  EXPECT_EQ(clocks.sure(), GetParam().sure);
  EXPECT_EQ(describe_hold(clocks.trust, clocks.now).empty(), GetParam().doubt == ClockDoubt::none);
}

constexpr ClockDoubt kNone = ClockDoubt::none;
INSTANTIATE_TEST_SUITE_P(
    All, ClockTrustCourse,
    testing::Values(
        Course{"time passes", {pass(Seconds{30}), pass(hours{5})}, kNone, hours{5} + Seconds{30}},
        Course{"slewing", {pass(Seconds{30}), set(Seconds{1}), pass(Seconds{30})}, kNone, Seconds{61}},
        Course{"an hour ahead", {set(hours{1}), pass(minutes{1})}, ClockDoubt::jump, minutes{1}},
        Course{"a year ahead", {set(kYear), pass(minutes{1})}, ClockDoubt::jump, minutes{1}},
        Course{
            "an hour ahead and back", {set(hours{1}), pass(minutes{1}), set(hours{-1})}, kNone, minutes{1}},
        Course{"a year ahead and back",
               {set(kYear), pass(minutes{1}), answer(), pass(minutes{1}), set(-kYear)},
               kNone,
               minutes{2}},
        Course{"an hour back", {set(hours{-1}), pass(minutes{1})}, kNone, minutes{1} - hours{1}},
        Course{"an hour back and right again",
               {set(hours{-1}), pass(minutes{1}), answer(), set(hours{1})},
               kNone,
               minutes{1}},
        Course{"ahead, and ahead again",
               {set(hours{1}), pass(minutes{1}), answer(), set(kYear), pass(minutes{1})},
               ClockDoubt::jump,
               minutes{2}},
        Course{"a jump that is contradicted",
               {set(hours{1}), pass(minutes{1}), answer()},
               ClockDoubt::service,
               minutes{1}},
        Course{"a contradiction lasts while nobody answers",
               {set(hours{1}), answer(), pass(hours{24 * 7})},
               ClockDoubt::service,
               hours{24 * 7}},
        Course{"a suspend that is confirmed",
               {set(hours{26}), pass(Seconds{1}), answer(hours{26})},
               kNone,
               hours{26} + Seconds{1}},
        Course{
            "nobody answers for an hour", {set(hours{26}), pass(minutes{59})}, ClockDoubt::jump, minutes{59}},
        Course{"nor after it", {set(hours{26}), pass(hours{1})}, kNone, hours{27}},
        Course{"an answer contradicts without a jump",
               {pass(hours{1}), answer(minutes{-2})},
               ClockDoubt::service,
               minutes{58}},
        Course{"a minute of difference is nothing", {pass(hours{1}), answer(minutes{-1})}, kNone, hours{1}},
        Course{"a service that is ahead", {pass(hours{1}), answer(hours{5})}, kNone, hours{1}},
        Course{"a copy of an answer from before the jump",
               {answer(), pass(minutes{2}), answer(minutes{-2}), pass(minutes{2}), answer(minutes{-4})},
               kNone,
               minutes{4}},
        Course{"nearly right again",
               {set(hours{1}), answer(), set(-hours{1} + Seconds{40}), pass(minutes{1}), answer()},
               kNone,
               minutes{1} + Seconds{40}}),
    [](const auto& course) {
      std::string name = course.param.what;
      std::ranges::replace_if(
          name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
      return name;
    });

TEST(ClockTrust, AStartBelievesTheNewestRecordUntilTheFirstAnswer) {
  Clocks clocks(kBegin - hours{24 * 3});
  EXPECT_EQ(clocks.sure(), -hours{24 * 3});
  clocks.take(pass(Seconds{2}));
  EXPECT_EQ(clocks.sure(), Seconds{2} - hours{24 * 3});
  EXPECT_TRUE(is_unconfirmed(clocks.trust, clocks.now));
  clocks.take(answer());
  EXPECT_EQ(clocks.sure(), Seconds{2});
}

TEST(ClockTrust, AStartGoesOnWhereTheServiceTellsNoTime) {
  Clocks clocks(kBegin - hours{24 * 3});
  take_undated(clocks.trust, clocks.now);
  EXPECT_EQ(clocks.sure(), Seconds{0});
}

TEST(ClockTrust, AnAnswerWithoutATimeEndsNoDoubtOfAJump) {
  Clocks clocks;
  clocks.take(set(hours{1}));
  take_undated(clocks.trust, clocks.now);
  EXPECT_EQ(clocks.trust.doubt, ClockDoubt::jump);
}

TEST(ClockTrust, AJumpThatNobodyHasNoticedYetIsNotBelieved) {
  Clocks clocks;
  clocks.now.wall += hours{48};
  EXPECT_EQ(clocks.sure(), Seconds{0});
}

TEST(ClockTrust, AnAnswerFromBeforeTheHostSleptContradictsNothing) {
  Clocks clocks;
  const cloud::ServiceDate before{kBegin, clocks.now.mono, clocks.now.mono};
  clocks.take(pass(Seconds{1}));
  clocks.take(set(hours{8}));
  take_date(clocks.trust, before, clocks.now);
  EXPECT_EQ(clocks.trust.doubt, ClockDoubt::jump);
}

TEST(ClockTrust, AHoldSaysWhyAndUntilWhen) {
  Clocks clocks;
  clocks.take(set(hours{48}));
  clocks.take(pass(minutes{1}));
  EXPECT_EQ(describe_hold(clocks.trust, clocks.now),
            "this host's clock is 2d later than by the time that has passed: nothing is decided beyond "
            "2025-06-02T00:01:00Z until an answer of the service tells the time, at the latest until "
            "2025-06-04T01:00:00Z");
  clocks.take(answer());
  EXPECT_EQ(describe_hold(clocks.trust, clocks.now),
            "this host's clock is 2d ahead of the service's, which says 2025-06-02T00:01:00Z: nothing is "
            "decided beyond that until they agree");
}

}  // namespace
}  // namespace dbssd::planner
