#include "base/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/expected.h"

namespace dbssd {
namespace {

constexpr ErrorKind kAll[] = {ErrorKind::not_sent,  ErrorKind::throttled, ErrorKind::unauthorized,
                              ErrorKind::rejected,  ErrorKind::not_found, ErrorKind::outcome_unknown,
                              ErrorKind::malformed, ErrorKind::internal};

TEST(ErrorKind, IsSpelledInTheLogAsItIsInTheCode) {
  std::vector<std::string_view> names;
  for (const ErrorKind kind : kAll) names.push_back(to_string(kind));
  EXPECT_THAT(names, testing::ElementsAre("not_sent", "throttled", "unauthorized", "rejected", "not_found",
                                          "outcome_unknown", "malformed", "internal"));
}

TEST(ErrorKind, OnlyThreeKindsAllowAMutationToBeSentAgain) {
  std::vector<ErrorKind> repeatable;
  for (const ErrorKind kind : kAll) {
    if (had_no_effect(kind)) repeatable.push_back(kind);
  }
  EXPECT_THAT(repeatable,
              testing::ElementsAre(ErrorKind::not_sent, ErrorKind::throttled, ErrorKind::unauthorized));
}

TEST(Fail, MakesAnyExpectedFailWithTheKindAndTheMessage) {
  const Expected<int> result = fail(ErrorKind::not_found, "no such template");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::not_found);
  EXPECT_EQ(result.error().message, "no such template");
  EXPECT_EQ(result.error().http_status, 0);
  EXPECT_FALSE(result.error().retry_after);
}

TEST(Fail, KeepsEveryFieldOfAnError) {
  Error error;
  error.kind = ErrorKind::throttled;
  error.code = "APIGW.0308";
  error.request_id = "b1";
  error.http_status = 429;
  error.retry_after = std::chrono::milliseconds(1500);
  const Expected<void> result = fail(error);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "APIGW.0308");
  EXPECT_EQ(result.error().request_id, "b1");
  EXPECT_EQ(result.error().http_status, 429);
  EXPECT_EQ(result.error().retry_after, std::chrono::milliseconds(1500));
}

}  // namespace
}  // namespace dbssd
