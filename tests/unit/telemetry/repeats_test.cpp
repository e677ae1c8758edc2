#include "telemetry/repeats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "fakes/fake_clock.h"
#include "fakes/recording_sink.h"
#include "telemetry/catalogue.h"

namespace dbssd::telemetry {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Event malformed(std::string reason = "entry 17 has no id") {
  Event event;
  event.id = EventId::cloud_malformed;
  event.project = ProjectName("prod");
  event.msg = "part of it cannot be read";
  event.reason = std::move(reason);
  event.request_id = "q-1";
  event.error_kind = ErrorKind::malformed;
  return event;
}

class RepeatsTest : public testing::Test {
 protected:
  void emit(const Event& event, int times = 1) {
    for (int i = 0; i < times; ++i) repeats_.emit(event);
  }
  [[nodiscard]] std::vector<std::string> said() {
    std::vector<std::string> messages;
    for (const Event& event : log_.events()) messages.push_back(event.msg);
    log_.clear();
    return messages;
  }

  fakes::RecordingSink log_;
  fakes::FakeClock clock_{Instant{}};
  Repeats repeats_{log_, clock_};
};

TEST_F(RepeatsTest, TheFirstIsSaidAtOnceAndTheRestAsACountWhenTenMinutesAreOver) {
  emit(malformed(), 38);
  EXPECT_THAT(said(), ElementsAre("part of it cannot be read"));
  clock_.advance(10min - 1ms);
  repeats_.say_due();
  EXPECT_THAT(said(), IsEmpty());
  clock_.advance(1ms);
  repeats_.say_due();
  EXPECT_THAT(said(), ElementsAre("part of it cannot be read; 37 times more within 10m"));
}

TEST_F(RepeatsTest, ACountSpeaksOfTheTimeThatItIsAbout) {
  emit(malformed(), 2);
  clock_.advance(10min + 29s + 500ms);
  repeats_.say_due();
  EXPECT_THAT(said(), ElementsAre(testing::_, "part of it cannot be read; once more within 10m30s"));
}

TEST_F(RepeatsTest, WhatGoesOnIsSummedUpEachTenMinutesAndNothingIsCountedTwice) {
  for (int poll = 0; poll < 60; ++poll) {
    emit(malformed());
    clock_.advance(1min);
    repeats_.say_due();
  }
  EXPECT_THAT(said(), ElementsAre("part of it cannot be read",  //
                                  "part of it cannot be read; 9 times more within 10m",
                                  "part of it cannot be read; 10 times more within 10m",
                                  "part of it cannot be read; 10 times more within 10m",
                                  "part of it cannot be read; 10 times more within 10m",
                                  "part of it cannot be read; 10 times more within 10m",
                                  "part of it cannot be read; 10 times more within 10m"));
}

TEST_F(RepeatsTest, WhatStayedAwayForTenMinutesIsNewsAgain) {
  emit(malformed());
  clock_.advance(10min);
  emit(malformed());
  EXPECT_THAT(said(), ElementsAre("part of it cannot be read", "part of it cannot be read"));
}

TEST_F(RepeatsTest, ACountCarriesTheFieldsOfTheLastThatItCounts) {
  emit(malformed());
  Event last = malformed("entry 18 has no id");
  last.request_id = "q-2";
  emit(last);
  repeats_.say_all();
  const Event summed = log_.events().back();
  EXPECT_EQ(summed.id, EventId::cloud_malformed);
  EXPECT_EQ(summed.project, ProjectName("prod"));
  EXPECT_EQ(summed.reason, "entry 18 has no id");
  EXPECT_EQ(summed.request_id, "q-2");
  EXPECT_EQ(summed.error_kind, ErrorKind::malformed);
}

TEST_F(RepeatsTest, EveryThingIsCountedByItself) {
  std::vector<Event> others(8, malformed());
  others[0].id = EventId::cloud_refused;
  others[1].project = ProjectName("lab");
  others[2].instance_id = InstanceId("i-1");
  others[3].resource_id = ResourceId("r-1");
  others[4].report = ReportName("daily");
  others[5].error_kind = ErrorKind::rejected;
  others[6].msg = "the templates cannot be read";
  others[7].reason = "entry 17 has no name";
  emit(malformed());
  for (const Event& other : others) emit(other);
  EXPECT_EQ(log_.events().size(), 9U);
}

TEST_F(RepeatsTest, WhatTellsOfATransitionIsNeverKeptBack) {
  for (const CatalogueEntry& entry : catalogue()) {
    if (entry.repeats) continue;
    Event event = malformed();
    event.id = entry.id;
    emit(event, 3);
    EXPECT_EQ(log_.count(entry.id), 3U) << entry.name;
  }
}

TEST_F(RepeatsTest, OnlyWhatIsAskedForAgainAndAgainIsMarkedAsRepeating) {
  std::vector<std::string_view> marked;
  for (const CatalogueEntry& entry : catalogue())
    if (entry.repeats) marked.push_back(entry.name);
  EXPECT_THAT(marked, ElementsAre("service.short_of_threads", "cloud.refused", "cloud.malformed"));
}

TEST_F(RepeatsTest, ARecoveryEndsWhatItsProjectRepeatedAndNoOthers) {
  Event of_lab = malformed();
  of_lab.project = ProjectName("lab");
  Event recovered;
  recovered.id = EventId::cloud_recovered;
  recovered.project = ProjectName("prod");
  recovered.msg = "it answers again";
  emit(malformed(), 3);
  emit(of_lab, 3);
  emit(recovered);
  emit(malformed());
  EXPECT_THAT(said(), ElementsAre("part of it cannot be read", "part of it cannot be read",
                                  "part of it cannot be read; 2 times more within 0s", "it answers again",
                                  "part of it cannot be read"));
  emit(of_lab);
  EXPECT_THAT(said(), IsEmpty());
}

TEST_F(RepeatsTest, WhatIsLeftAtTheEndIsSaid) {
  {
    Repeats ending(log_, clock_);
    for (int i = 0; i < 4; ++i) ending.emit(malformed());
    clock_.advance(90s);
  }
  EXPECT_THAT(said(), ElementsAre("part of it cannot be read",
                                  "part of it cannot be read; 3 times more within 1m30s"));
}

TEST_F(RepeatsTest, TheOldestRunEndsEarlyWhereThereAreTooManyAndItsCountIsSaid) {
  const auto letters = [](std::size_t n) { return std::string(n + 1, 'x'); };
  for (std::size_t i = 0; i < Repeats::kMostRuns; ++i) {
    emit(malformed(letters(i)), 2);
    clock_.advance(1ms);
  }
  EXPECT_THAT(said(), SizeIs(Repeats::kMostRuns));
  emit(malformed("one too many"));
  EXPECT_THAT(said(), ElementsAre("part of it cannot be read",  //
                                  "part of it cannot be read; once more within 1s"));
  emit(malformed(letters(1)));
  EXPECT_THAT(said(), IsEmpty()) << "the second oldest goes on";
}

TEST_F(RepeatsTest, CountsEachOfSeveralThreadsOnce) {
  constexpr int kEach = 500;
  {
    std::vector<std::jthread> emitters;
    for (int i = 0; i < 4; ++i) emitters.emplace_back([this] { emit(malformed(), kEach); });
    for (int i = 0; i < kEach; ++i) repeats_.say_due();
  }
  repeats_.say_all();
  EXPECT_THAT(said(), ElementsAre("part of it cannot be read",
                                  "part of it cannot be read; 1999 times more within 0s"));
}

}  // namespace
}  // namespace dbssd::telemetry
