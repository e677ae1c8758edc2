#include "contract/simulated_cloud.h"

namespace contract {
namespace {

json listed(SimulatedCloud& cloud, const json& body = {{"page", 1}, {"size", 100}}) {
  return json::parse(cloud.list_reports(kActive, body).body)["reports"];
}

// "start_time percentum" of each, in the order of the list.
std::string brief(const json& reports) {
  std::string out;
  for (const json& report : reports) {
    out += report["report"]["start_time"].get<std::string>().substr(0, 10) + ' ' +
           report["report"]["percentum"].dump() + '\n';
  }
  return out;
}

json plain_with_report(const json& plan) {
  json fleet = plain_fleet();
  fleet["projects"][0]["instances"][0]["report"] = plan;
  return fleet;
}

TEST(Report, GrowsTo100PercentAndGetsAFinishTime) {
  SimulatedCloud cloud;
  EXPECT_EQ(cloud.create_report(kActive).body, R"({"result":"success"})");
  EXPECT_TRUE(listed(cloud)[0]["report"]["finish_time"].is_null());
  cloud.advance(10.5);
  const int half = listed(cloud)[0]["report"]["percentum"];
  EXPECT_GE(half, 50);
  EXPECT_LT(half, 100);
  cloud.advance(10);
  const json report = listed(cloud)[0]["report"];
  EXPECT_EQ(report["percentum"], 100);
  EXPECT_EQ(report["finish_time"].get<std::string>().size(), 19U);
}

TEST(Report, CarriesWhatRecognisesIt) {
  SimulatedCloud cloud;
  json body = report_body();
  body["db_ids"] = "Xcg7LJgBTpKZyZbbrThW,YMg7LJgBTpKZyZbbuDhX";
  cloud.post(report_path(kActive, "create"), body);
  const json report = listed(cloud)[0]["report"];
  EXPECT_EQ(report["type"], "AUDIT_REPORT_REAL_TIME");
  EXPECT_EQ(report["template_type"], "PDF");
  EXPECT_EQ(report["format"], "pdf");
  EXPECT_EQ(report["start_time"], "2025-08-20 16:00:00");
  EXPECT_EQ(report["end_time"], "2025-08-21 16:00:00");
  EXPECT_EQ(report["db_ids"], body["db_ids"]);
  EXPECT_EQ(report["db_names"], "orders,billing");
  EXPECT_EQ(report["id"].get<std::string>().size(), 20U);
}

TEST(Report, IsMadeAgainWhenAskedForAgain) {
  SimulatedCloud cloud;
  cloud.create_report(kActive);
  cloud.create_report(kActive);
  EXPECT_EQ(listed(cloud).size(), 2U);
}

TEST(Report, ThatFailsIsAnsweredWith200AndNotListed) {
  SimulatedCloud cloud(plain_with_report({{"outcome", "failed"}}));
  EXPECT_EQ(cloud.create_report(kActive).body, R"({"result":"failed"})");
  EXPECT_EQ(listed(cloud), json::array());
}

TEST(Report, ThatStallsNeverFinishes) {
  SimulatedCloud cloud(plain_with_report({{"outcome", "stalls"}}));
  cloud.create_report(kActive);
  cloud.advance(9999);
  EXPECT_EQ(brief(listed(cloud)), "2025-08-20 40\n");
}

TEST(Report, ThatVanishesIsListedUntilItWouldHaveFinished) {
  SimulatedCloud cloud(plain_with_report({{"outcome", "vanishes"}, {"seconds", 50}}));
  cloud.create_report(kActive);
  cloud.advance(45);
  EXPECT_EQ(listed(cloud).size(), 1U);
  cloud.advance(6);
  EXPECT_EQ(listed(cloud).size(), 0U);
}

TEST(Report, CanBeListedOnlyAfterAWhile) {
  SimulatedCloud cloud(plain_fleet({{"behaviour", {{"report_visible_after", 5}}}}));
  cloud.create_report(kActive);
  EXPECT_EQ(listed(cloud).size(), 0U);
  cloud.advance(6);
  EXPECT_EQ(listed(cloud).size(), 1U);
}

TEST(ReportList, HasThoseOfOthersWithTheirTypes) {
  json fleet = plain_fleet();
  fleet["projects"][0]["instances"][0]["reports"] = json::parse(R"([
    {"template_type": "PCI", "finished": false}, {"type": "AUDIT_REPORT_REAL_TIME", "start_time": "2025-08-20 16:00:00"}])");
  SimulatedCloud cloud(fleet);
  const json reports = listed(cloud);
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[0]["report"]["type"], "AUDIT_REPORT_DAY");
  EXPECT_EQ(reports[0]["report"]["percentum"], 40);
  EXPECT_EQ(reports[1]["report"]["type"], "AUDIT_REPORT_REAL_TIME");
  EXPECT_EQ(cloud.truth("counts")["other_reports"], 2);
  EXPECT_EQ(cloud.truth("counts")["reports"], 0);
}

class ReportPages : public testing::Test {
 protected:
  ReportPages() {
    for (const char* day : {"11", "12", "13", "14", "15"}) {
      cloud_.create_report(kActive, "2025-08-" + std::string(day) + " 00:00:00");
    }
  }
  std::string days(int page, int size) {
    std::string days;
    for (const json& report : listed(cloud_, {{"page", page}, {"size", size}})) {
      days += report["report"]["start_time"].get<std::string>().substr(8, 2) + ' ';
    }
    return days;
  }

  SimulatedCloud cloud_;
};

TEST_F(ReportPages, BeginAtOneAndEndWithAPartOfAPage) {
  EXPECT_EQ(days(1, 2), "11 12 ");
  EXPECT_EQ(days(2, 2), "13 14 ");
  EXPECT_EQ(days(3, 2), "15 ");
  EXPECT_EQ(days(4, 2), "");
}

TEST_F(ReportPages, BeyondAllReasonAreEmpty) {
  const json page{{"page", std::numeric_limits<std::int64_t>::max()}, {"size", 1000}};
  EXPECT_EQ(listed(cloud_, page), json::array());
}

TEST_F(ReportPages, AreNewestFirstOnDemand) {
  cloud_.control("POST", "/behaviour", {{"report_order", "newest"}});
  EXPECT_EQ(days(1, 2), "15 14 ");
}

TEST_F(ReportPages, SayHowManyThereAreInAll) {
  EXPECT_EQ(json::parse(cloud_.list_reports(kActive, {{"page", 2}, {"size", 2}}).body)["total"], 5);
}

TEST_F(ReportPages, AreOfOneNameOnDemand) {
  EXPECT_EQ(listed(cloud_, {{"page", 1}, {"size", 9}, {"name", "SOX"}}).size(), 5U);
  EXPECT_EQ(listed(cloud_, {{"page", 1}, {"size", 9}, {"name", "PCI"}}).size(), 0U);
}

std::string download_path(SimulatedCloud& cloud) {
  return report_path(kActive, listed(cloud)[0]["report"]["id"].get<std::string>() + "/download?local=en-us");
}

TEST(Download, IsRefusedBeforeTheReportIsFinished) {
  SimulatedCloud cloud;
  cloud.create_report(kActive);
  const Reply reply = cloud.get(download_path(cloud));
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(error_code(reply), "DBSS.10000001");
}

TEST(Download, IsAPdfWhoseTableOfObjectsIsRight) {
  SimulatedCloud cloud;
  cloud.create_report(kActive);
  cloud.advance(21);
  Reply reply = cloud.get(download_path(cloud));
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers["content-type"], "application/octet-stream");
  EXPECT_EQ(reply.body.substr(0, 8), "%PDF-1.4");
  const std::size_t table = std::stoul(reply.body.substr(reply.body.find("startxref\n") + 10));
  EXPECT_EQ(reply.body.substr(table, 8), "xref\n0 6");
  const std::size_t first = std::stoul(reply.body.substr(reply.body.find(" f \n", table) + 4, 10));
  EXPECT_EQ(reply.body.substr(first, 7), "1 0 obj");
}

TEST(Download, IsAZipForATemplateOfThatFormat) {
  SimulatedCloud cloud;
  json body = report_body();
  body["template_id"] = "wcg7LJgBTpKZyZbbnjhV";
  cloud.post(report_path(kActive, "create"), body);
  cloud.advance(21);
  const std::string zip = cloud.get(download_path(cloud)).body;
  EXPECT_EQ(zip.substr(0, 4), "PK\x03\x04");
  // The directory's place, from the end record, holds a directory entry.
  const auto byte = [&](std::size_t i) {
    return static_cast<std::size_t>(static_cast<unsigned char>(zip[i]));
  };
  const std::size_t end = zip.size() - 22;
  EXPECT_EQ(zip.substr(end, 4), "PK\x05\x06");
  EXPECT_EQ(zip.substr(byte(end + 16) + (byte(end + 17) << 8), 4), "PK\x01\x02");
}

}  // namespace
}  // namespace contract
