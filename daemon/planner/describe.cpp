#include "planner/plan.h"

namespace dbssd::planner {

bool changes_the_cloud(const Call& call) {
  return std::holds_alternative<StartInstance>(call) || std::holds_alternative<CreateReport>(call);
}

bool changes_the_host(const Call& call) {
  return std::holds_alternative<DownloadReport>(call) || std::holds_alternative<RemoveArchived>(call);
}

bool asks_the_cloud(const Call& call) {
  return !std::holds_alternative<FindExpiredArchives>(call) && !std::holds_alternative<RemoveArchived>(call);
}

const InstanceId* instance_of(const Call& call) {
  struct Of {
    const InstanceId* operator()(const StartInstance& c) const { return &c.intent.instance; }
    const InstanceId* operator()(const CreateReport& c) const { return &c.intent.key.instance; }
    const InstanceId* operator()(const DownloadReport& c) const { return &c.run.instance; }
    const InstanceId* operator()(const RemoveArchived& c) const { return &c.run.instance; }
    const InstanceId* operator()(const ListReports& c) const { return &c.instance; }
    const InstanceId* operator()(const ListTemplates& c) const { return &c.instance; }
    const InstanceId* operator()(const ListInstances&) const { return nullptr; }
    const InstanceId* operator()(const ListJobs&) const { return nullptr; }
    const InstanceId* operator()(const AskSummary&) const { return nullptr; }
    const InstanceId* operator()(const FindExpiredArchives&) const { return nullptr; }
  };
  return std::visit(Of{}, call);
}

std::string describe(const Call& call) {
  struct Text {
    std::string operator()(const ListInstances&) const { return "list the instances"; }
    std::string operator()(const ListJobs& c) const {
      return "list the creation jobs of " + c.resource_id.str();
    }
    std::string operator()(const AskSummary& c) const {
      return "ask for the " + std::string(cloud::to_string(c.busi_type)) + " summary task";
    }
    std::string operator()(const ListTemplates& c) const {
      return "list the report templates of " + c.instance.str();
    }
    std::string operator()(const ListReports& c) const { return "list the reports of " + c.instance.str(); }
    std::string operator()(const DownloadReport& c) const {
      return "download report " + c.report_id.str() + " of " + c.run.instance.str();
    }
    std::string operator()(const FindExpiredArchives&) const {
      return "look for archived reports that have been kept long enough";
    }
    std::string operator()(const RemoveArchived& c) const { return "remove the archived report " + c.path; }
    std::string operator()(const StartInstance& c) const {
      return "start instance " + c.intent.instance.str();
    }
    std::string operator()(const CreateReport& c) const {
      const journal::RunRecord& run = c.intent;
      return "create report " + run.key.report.str() + " on " + run.key.instance.str() + " for [" +
             format_utc(run.window.begin) + ", " + format_utc(run.window.end) + "), scheduled " +
             format_utc(run.key.scheduled);
    }
  };
  return std::visit(Text{}, call);
}

}  // namespace dbssd::planner
