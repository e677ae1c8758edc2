#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cloud/decode.h"

namespace dbssd::cloud {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Page<Instance> page_of(const std::string& body) {
  auto page = decode_instances(body);
  EXPECT_TRUE(page) << page.error().message;
  return page ? *page : Page<Instance>{};
}

Instance only(std::string_view entry) {
  const auto page = page_of(R"({"servers":[)" + std::string(entry) + "]}");
  EXPECT_EQ(page.items.size(), 1U) << entry << (page.problems.empty() ? "" : page.problems.front());
  return page.items.empty() ? Instance{} : page.items.front();
}

TEST(DecodeInstances, TheDocumentedPageIsRead) {
  const auto page =
      page_of(R"({"servers":[{"name":"DBSS-Test","comment":"","connect_ipv6":null,"status":"ACTIVE",
    "task":"NO_TASK","id":"8c53ed03","cpu":4,"effect":null,"remain_days":null,"resource_id":"062212d8",
    "keep_days":null,"database_limit":3}],"total":1})");
  ASSERT_EQ(page.items.size(), 1U);
  EXPECT_EQ(page.items[0].id, InstanceId("8c53ed03"));
  EXPECT_EQ(page.items[0].resource_id, ResourceId("062212d8"));
  EXPECT_EQ(page.items[0].name, "DBSS-Test");
  EXPECT_EQ(page.items[0].status, InstanceStatus::active);
  EXPECT_EQ(page.items[0].task, InstanceTask::none);
  EXPECT_FALSE(page.items[0].effect);
  EXPECT_EQ(page.total, 1);
  EXPECT_EQ(page.entries, 1U);
}

TEST(DecodeInstances, TheNewerShapeIsRead) {
  const auto page = page_of(
      R"({"instances":[{"instance_id":"i1","resource_id":"r1","status":"SHUTOFF","timezone":"x","upgrade_log":{}}],
          "total":"1"})");
  ASSERT_EQ(page.items.size(), 1U);
  EXPECT_EQ(page.items[0].id, InstanceId("i1"));
  EXPECT_EQ(page.items[0].timezone, "x");
  EXPECT_EQ(page.total, 1);
}

TEST(DecodeInstances, AMixOfBothShapesIsRead) {
  const auto page =
      page_of(R"({"servers":[{"id":"a"},{"instanceId":"b"}],"instances":[{"instance_id":"c"},{"id":"d"}]})");
  ASSERT_EQ(page.items.size(), 4U);
  EXPECT_EQ(page.items[0].id, InstanceId("a"));
  EXPECT_EQ(page.items[1].id, InstanceId("b"));
  EXPECT_EQ(page.items[2].id, InstanceId("c"));
  EXPECT_EQ(page.items[3].id, InstanceId("d"));
}

TEST(DecodeInstances, CamelCaseIsRead) {
  const Instance instance =
      only(R"({"instanceId":"i","resourceId":"r","instanceName":"n","status":"active"})");
  EXPECT_EQ(instance.id, InstanceId("i"));
  EXPECT_EQ(instance.resource_id, ResourceId("r"));
  EXPECT_EQ(instance.name, "n");
  EXPECT_EQ(instance.status, InstanceStatus::active);
}

TEST(DecodeInstances, TheIdOfTheListIsPreferredToOtherNames) {
  EXPECT_EQ(only(R"({"instance_id":"second","id":"first"})").id, InstanceId("first"));
  EXPECT_EQ(only(R"({"id":null,"instance_id":"second"})").id, InstanceId("second"));
}

TEST(DecodeInstances, ANumberCanBeAnId) { EXPECT_EQ(only(R"({"id":32})").id, InstanceId("32")); }

TEST(DecodeInstances, StatesThatAreNotKnownAreUnknown) {
  EXPECT_EQ(only(R"({"id":"a","status":"MELTING","task":"dancing"})").status, InstanceStatus::unknown);
  EXPECT_EQ(only(R"({"id":"a","status":"MELTING","task":"dancing"})").task, InstanceTask::unknown);
  EXPECT_EQ(only(R"({"id":"a"})").status, InstanceStatus::unknown);
  EXPECT_EQ(only(R"({"id":"a","task":null})").task, InstanceTask::none);
}

TEST(DecodeInstances, AnEffectOutsideOneToThreeMeansNothing) {
  EXPECT_EQ(only(R"({"id":"a","effect":2})").effect, 2);
  EXPECT_EQ(only(R"({"id":"a","effect":"3"})").effect, 3);
  for (const char* effect : {"0", "4", "-1", "4294967297", "1.5", "\"x\"", "null", "99999999999999999999"})
    EXPECT_FALSE(only(R"({"id":"a","effect":)" + std::string(effect) + "}").effect) << effect;
}

TEST(DecodeInstances, ABadEntryIsAProblemOfItsOwn) {
  const auto page =
      page_of(R"({"servers":[{"id":"a"},{"name":"no id"},7,{"id":"b"},{"id":""},{"id":{}},null],"total":7})");
  ASSERT_EQ(page.items.size(), 2U);
  EXPECT_EQ(page.entries, 7U);
  EXPECT_THAT(page.problems,
              ElementsAre("servers[1]: has no id", "servers[2]: is not an object", "servers[4]: has no id",
                          "servers[5]: has no id", "servers[6]: is not an object"));
}

TEST(DecodeInstances, AnIdIsNeverCutShort) {
  const auto longest = page_of(R"({"servers":[{"id":")" + std::string(255, 'x') + R"("}]})");
  EXPECT_EQ(longest.items.size(), 1U);
  const auto page = page_of(R"({"servers":[{"id":")" + std::string(256, 'x') +
                            R"("},{"id":"a","resource_id":")" + std::string(300, 'y') + R"("}]})");
  EXPECT_TRUE(page.items.empty());
  ASSERT_EQ(page.problems.size(), 2U);
  EXPECT_THAT(page.problems[0], HasSubstr("has more than 255 bytes in its id"));
}

TEST(DecodeInstances, AnIdThatWouldChangeAPathIsAProblem) {
  const auto page = page_of(R"({"servers":[{"id":".."},{"id":"."}]})");
  EXPECT_TRUE(page.items.empty());
  EXPECT_EQ(page.problems.size(), 2U);
}

TEST(DecodeInstances, ANameIsBoundedAndMayHoldAnything) {
  EXPECT_EQ(only(R"({"id":"a","name":"x\u0000\ny"})").name, std::string("x\0\ny", 4));
  EXPECT_EQ(only(R"({"id":"a","name":")" + std::string(100'000, 'n') + R"("})").name, std::string(256, 'n'));
  EXPECT_EQ(only(R"({"id":"a","name":null})").name, "");
}

TEST(DecodeInstances, APoisonedNameHidesNoNeighbour) {
  const auto page =
      page_of("{\"servers\":[{\"id\":\"a\",\"name\":\"\xFF\n\\ud800\"},{\"id\":\"b\"}],\"total\":1e999}");
  EXPECT_EQ(page.items.size(), 2U);
  EXPECT_FALSE(page.total);
}

TEST(DecodeInstances, AnEmptyListIsOne) {
  for (const char* body :
       {R"({"servers":[],"total":0})", R"({"servers":null,"total":0})", R"({"instances":[]})"}) {
    EXPECT_TRUE(page_of(body).items.empty()) << body;
    EXPECT_EQ(page_of(body).entries, 0U) << body;
  }
}

TEST(DecodeInstances, AHundredMegabytesAreReadOrRefused) {
  const std::string blank(100 << 20, ' ');
  EXPECT_EQ(page_of(R"({"servers":[{"id":"a"})" + blank + "]}").items.size(), 1U);
  const auto nonsense = decode_instances(R"({"servers":[)" + std::string(100 << 20, '['));
  ASSERT_FALSE(nonsense);
  EXPECT_EQ(nonsense.error().kind, ErrorKind::malformed);
}

TEST(DecodeInstances, AnotherOutermostShapeIsMalformed) {
  for (const char* body :
       {"{}", "[]", "[{\"id\":\"a\"}]", "\"servers\"", "null", R"({"total":3})", R"({"servers":{}})",
        R"({"servers":"none"})", R"({"error_code":"DBSS.1"})", "", "<html></html>"}) {
    const auto page = decode_instances(body);
    ASSERT_FALSE(page) << body;
    EXPECT_EQ(page.error().kind, ErrorKind::malformed) << body;
  }
}

}  // namespace
}  // namespace dbssd::cloud
