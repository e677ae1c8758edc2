#include "schedule/due.h"

#include <gmock/gmock.h>

#include "unit/schedule/words.h"

namespace dbssd::schedule {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr WindowRule kDay{WindowRule::Kind::previous_day, {}};
constexpr WindowRule kSince{WindowRule::Kind::since_previous, {}};

// A rule that owns what DueRule refers to.
struct Rule {
  Cron cron;
  Zone zone;
  WindowRule window = kDay;
  MissedPolicy missed = MissedPolicy::latest;
  Seconds deadline = hours{6};
  operator DueRule() const { return {cron, zone, window, missed, deadline}; }
};

Rule daily(MissedPolicy missed, Seconds deadline = hours{6}) {
  return {cron("0 6 * * *"), zone("UTC"), kDay, missed, deadline};
}

// "01 06:00 missed", "03 06:00 serve"
std::vector<std::string> told(const DueSet& set) {
  std::vector<std::string> all;
  for (const Due& due : set.due) {
    const char* kind = due.kind == DueKind::serve    ? "serve"
                       : due.kind == DueKind::missed ? "missed"
                       : due.kind == DueKind::merged ? "merged"
                                                     : "expired";
    all.push_back(format_utc(due.scheduled).substr(8, 8).replace(2, 1, " ") + " " + kind);
  }
  return all;
}

const Instant kCursor = at("2025-06-01T12:00:00Z");
const Instant kThreeLater = at("2025-06-04T07:00:00Z");  // 02, 03 and 04 06:00 are due

TEST(Due, NothingIsBeforeTheFirstScheduledTime) {
  const DueSet set = due_between(daily(MissedPolicy::latest), kCursor, {}, at("2025-06-02T05:59:59Z"));
  EXPECT_TRUE(set.due.empty());
  EXPECT_EQ(set.cursor, at("2025-06-02T05:59:59Z"));
}

TEST(Due, AScheduledTimeIsAtItsVerySecond) {
  const DueSet set = due_between(daily(MissedPolicy::latest), kCursor, {}, at("2025-06-02T06:00:00Z"));
  EXPECT_THAT(told(set), testing::ElementsAre("02 06:00 serve"));
  EXPECT_EQ(set.cursor, at("2025-06-02T06:00:00Z"));
}

TEST(Due, TheCursorItselfIsDecidedAlready) {
  const Instant fire = at("2025-06-02T06:00:00Z");
  EXPECT_TRUE(due_between(daily(MissedPolicy::latest), fire, fire, fire).due.empty());
  EXPECT_TRUE(due_between(daily(MissedPolicy::latest), fire, fire, fire + hours{1}).due.empty());
}

TEST(Due, AClockThatStepsBackMovesNothing) {
  const DueSet set = due_between(daily(MissedPolicy::latest), kCursor, {}, kCursor - days{30});
  EXPECT_TRUE(set.due.empty());
  EXPECT_EQ(set.cursor, kCursor);
}

TEST(DueLatest, ServesTheNewestAndMissesTheOthers) {
  EXPECT_THAT(told(due_between(daily(MissedPolicy::latest), kCursor, {}, kThreeLater)),
              testing::ElementsAre("02 06:00 missed", "03 06:00 missed", "04 06:00 serve"));
}

TEST(DueLatest, ExpiresTheNewestAfterTheDeadline) {
  const Rule rule = daily(MissedPolicy::latest, hours{1});
  EXPECT_THAT(told(due_between(rule, kCursor, {}, kThreeLater)),
              testing::ElementsAre("02 06:00 missed", "03 06:00 missed", "04 06:00 serve"));
  EXPECT_THAT(told(due_between(rule, kCursor, {}, kThreeLater + Seconds{1})),
              testing::ElementsAre("02 06:00 missed", "03 06:00 missed", "04 06:00 expired"));
}

TEST(DueAll, ServesEachThatIsWithinTheDeadline) {
  EXPECT_THAT(told(due_between(daily(MissedPolicy::all, hours{26}), kCursor, {}, kThreeLater)),
              testing::ElementsAre("02 06:00 expired", "03 06:00 serve", "04 06:00 serve"));
  EXPECT_THAT(told(due_between(daily(MissedPolicy::all, days{30}), kCursor, {}, kThreeLater)),
              testing::ElementsAre("02 06:00 serve", "03 06:00 serve", "04 06:00 serve"));
}

TEST(DueAll, ServesAHundredAtMostTheNewest) {
  const DueSet set = due_between(daily(MissedPolicy::all, days{365}), kCursor, {}, kCursor + days{103});
  ASSERT_EQ(set.due.size(), 103U);
  for (std::size_t i = 0; i < set.due.size(); ++i) {
    EXPECT_EQ(set.due[i].kind, i < 3 ? DueKind::missed : DueKind::serve) << i;
  }
}

TEST(DueAll, ExpiresWhatIsTooOldEvenBeyondAHundred) {
  const DueSet set = due_between(daily(MissedPolicy::all, days{50}), kCursor, {}, kCursor + days{103});
  ASSERT_EQ(set.due.size(), 103U);
  EXPECT_EQ(
      std::count_if(set.due.begin(), set.due.end(), [](const Due& d) { return d.kind == DueKind::serve; }),
      50);
  EXPECT_EQ(
      std::count_if(set.due.begin(), set.due.end(), [](const Due& d) { return d.kind == DueKind::expired; }),
      53);
}

TEST(DueMerge, ServesOneOverTheJoinedWindows) {
  const DueSet set = due_between(daily(MissedPolicy::merge), kCursor, {}, kThreeLater);
  ASSERT_THAT(told(set), testing::ElementsAre("02 06:00 merged", "03 06:00 merged", "04 06:00 serve"));
  EXPECT_EQ(set.due[2].window, (Window{at("2025-06-01T00:00:00Z"), at("2025-06-04T00:00:00Z")}));
  EXPECT_EQ(set.due[0].served_by, set.due[2].scheduled);
  EXPECT_EQ(set.due[1].served_by, set.due[2].scheduled);
  EXPECT_EQ(set.due[2].served_by, std::nullopt);
  EXPECT_EQ(set.due[0].window, (Window{at("2025-06-01T00:00:00Z"), at("2025-06-02T00:00:00Z")}));
}

TEST(DueMerge, OfOneTimeIsThatTime) {
  const DueSet set = due_between(daily(MissedPolicy::merge), kCursor, {}, kCursor + days{1});
  ASSERT_THAT(told(set), testing::ElementsAre("02 06:00 serve"));
  EXPECT_EQ(set.due[0].window, (Window{at("2025-06-01T00:00:00Z"), at("2025-06-02T00:00:00Z")}));
}

TEST(DueMerge, ExpiresAllWhereTheNewestIsTooLate) {
  const DueSet set = due_between(daily(MissedPolicy::merge, hours{1}), kCursor, {}, kThreeLater + Seconds{1});
  EXPECT_THAT(told(set), testing::ElementsAre("02 06:00 expired", "03 06:00 expired", "04 06:00 expired"));
  EXPECT_EQ(set.due[0].served_by, std::nullopt);
}

TEST(DueSkip, ServesOnlyWhatIsOnTime) {
  const Rule rule = daily(MissedPolicy::skip);
  const Instant newest = at("2025-06-04T06:00:00Z");
  EXPECT_THAT(told(due_between(rule, kCursor, {}, newest + kOnTime)),
              testing::ElementsAre("02 06:00 missed", "03 06:00 missed", "04 06:00 serve"));
  EXPECT_THAT(told(due_between(rule, kCursor, {}, newest + kOnTime + Seconds{1})),
              testing::ElementsAre("02 06:00 missed", "03 06:00 missed", "04 06:00 missed"));
}

TEST(DueSkip, ServesOnlyTheNewestOfSeveralThatAreOnTime) {
  Rule rule = daily(MissedPolicy::skip);
  rule.cron = cron("* * * * *");
  EXPECT_THAT(told(due_between(rule, kCursor, {}, kCursor + minutes{3})),
              testing::ElementsAre("01 12:01 missed", "01 12:02 missed", "01 12:03 serve"));
}

TEST(DueSkip, ExpiresWhatIsOnTimeButBeyondAShortDeadline) {
  EXPECT_THAT(
      told(due_between(daily(MissedPolicy::skip, minutes{1}), kCursor, {}, at("2025-06-02T06:02:00Z"))),
      testing::ElementsAre("02 06:00 expired"));
}

TEST(Due, TheFirstWindowBeginsAtTheLastRecordedTime) {
  Rule rule = daily(MissedPolicy::all, days{9});
  rule.window = kSince;
  const DueSet set = due_between(rule, kCursor, at("2025-05-30T17:00:00Z"), kThreeLater);
  ASSERT_EQ(set.due.size(), 3U);
  EXPECT_EQ(set.due[0].window, (Window{at("2025-05-30T17:00:00Z"), set.due[0].scheduled}));
  EXPECT_EQ(set.due[1].window, (Window{set.due[0].scheduled, set.due[1].scheduled}));
}

TEST(Due, WithoutARecordTheFirstWindowIsTheExpressions) {
  Rule rule = daily(MissedPolicy::all, days{9});
  rule.window = kSince;
  const DueSet set = due_between(rule, kCursor, {}, kThreeLater);
  EXPECT_EQ(set.due[0].window, (Window{at("2025-06-01T06:00:00Z"), at("2025-06-02T06:00:00Z")}));
}

TEST(Due, SaysWhatTheClocksDid) {
  Rule rule = daily(MissedPolicy::latest);
  rule.cron = cron("30 2 * * *");
  rule.zone = zone("America/New_York");
  const DueSet set = due_between(rule, at("2025-03-09T00:00:00Z"), {}, at("2025-03-09T08:00:00Z"));
  ASSERT_EQ(set.due.size(), 1U);
  EXPECT_EQ(set.due[0].why, Why::gap_shifted);
}

// Everything in chunks, as a caller does it.
DueSet in_chunks(const DueRule& rule, Instant cursor, std::optional<Instant> recorded, Instant now,
                 std::size_t limit) {
  DueSet all;
  all.cursor = cursor;
  std::optional<Joined> joined;
  while (all.cursor < now) {
    const DueSet chunk = due_between(rule, all.cursor, recorded, now, limit, joined);
    EXPECT_LE(chunk.due.size(), limit);
    EXPECT_GT(chunk.cursor, all.cursor) << "a chunk that decides nothing";
    if (chunk.cursor <= all.cursor) break;
    all.due.insert(all.due.end(), chunk.due.begin(), chunk.due.end());
    all.cursor = chunk.cursor;
    joined = chunk.joined;
    if (!chunk.due.empty()) recorded = chunk.due.back().scheduled;
  }
  return all;
}

TEST(Due, ALimitChangesNoOutcome) {
  for (const MissedPolicy missed :
       {MissedPolicy::latest, MissedPolicy::all, MissedPolicy::merge, MissedPolicy::skip}) {
    for (const WindowRule& window : {kDay, kSince}) {
      for (const Seconds deadline : {Seconds{hours{2}}, Seconds{days{100}}}) {
        const Rule rule{cron("*/20 * * * *"), zone("America/New_York"), window, missed, deadline};
        const Instant cursor = at("2025-03-08T12:34:56Z");
        const Instant now = at("2025-03-10T12:03:00Z");
        const DueSet whole = due_between(rule, cursor, at("2025-03-07T00:00:00Z"), now);
        ASSERT_EQ(whole.due.size(), 143U);
        for (const std::size_t limit : {1U, 7U, 42U, 142U, 143U, 144U}) {
          const DueSet chunked = in_chunks(rule, cursor, at("2025-03-07T00:00:00Z"), now, limit);
          EXPECT_EQ(chunked.due, whole.due) << "limit " << limit;
          EXPECT_EQ(chunked.cursor, whole.cursor);
        }
      }
    }
  }
}

TEST(Due, ACarrierThatWasNamedStaysTheOneWhateverRuleAndZoneSayByNow) {
  const Joined joined{at("2025-06-03T06:30:00Z"), at("2025-05-20T00:00:00Z")};
  const DueSet set = due_between(daily(MissedPolicy::skip), kCursor, {}, kThreeLater, 100, joined);
  EXPECT_THAT(told(set), testing::ElementsAre("02 06:00 expired", "03 06:00 expired", "03 06:30 expired"));
  EXPECT_EQ(set.cursor, joined.carrier) << "what came due since is for the next call";
  const DueSet in_time =
      due_between(daily(MissedPolicy::skip, days{3}), kCursor, {}, kThreeLater, 100, joined);
  EXPECT_THAT(told(in_time), testing::ElementsAre("02 06:00 merged", "03 06:00 merged", "03 06:30 serve"));
  EXPECT_EQ(in_time.due.back().window.begin, joined.begin);
  EXPECT_EQ(in_time.due.front().served_by, joined.carrier);
}

TEST(Due, ALimitOfNoneIsOne) {
  const DueSet set = due_between(daily(MissedPolicy::latest), kCursor, {}, kThreeLater, 0);
  EXPECT_THAT(told(set), testing::ElementsAre("02 06:00 missed"));
  EXPECT_EQ(set.cursor, at("2025-06-02T06:00:00Z"));
}

TEST(Due, AYearOfMinutesComesInChunks) {
  const Rule rule{cron("* * * * *"), zone("UTC"), kSince, MissedPolicy::latest, hours{1}};
  const Instant cursor = at("2024-01-01T00:00:00Z");
  const Instant now = at("2024-03-01T00:00:00Z");
  std::size_t count = 0;
  std::size_t served = 0;
  DueSet chunk;
  for (chunk.cursor = cursor; chunk.cursor < now;) {
    chunk = due_between(rule, chunk.cursor, chunk.cursor, now);
    ASSERT_LE(chunk.due.size(), 10'000U);
    count += chunk.due.size();
    for (const Due& due : chunk.due) served += due.kind == DueKind::serve ? 1 : 0;
  }
  EXPECT_EQ(count, 60U * 24 * 60);
  EXPECT_EQ(served, 1U);
}

TEST(Due, EveryScheduledTimeIsDecidedOnceOverManyCalls) {
  const Rule rule{cron("0,30 1,2 * * *"), zone("America/New_York"), kDay, MissedPolicy::latest, hours{1}};
  const Instant end = at("2025-11-05T00:00:00Z");
  std::vector<Instant> decided;
  Instant cursor = at("2025-10-30T00:00:00Z");
  for (Instant now = cursor; now <= end; now += minutes{17}) {
    const DueSet set = due_between(rule, cursor, {}, now);
    for (const Due& due : set.due) decided.push_back(due.scheduled);
    cursor = set.cursor;
  }
  std::vector<Instant> expected;
  for (auto fire = next(rule.cron, rule.zone, at("2025-10-30T00:00:00Z")); fire->at <= cursor;
       fire = next(rule.cron, rule.zone, fire->at)) {
    expected.push_back(fire->at);
  }
  EXPECT_EQ(decided, expected);
}

}  // namespace
}  // namespace dbssd::schedule
