#include <gtest/gtest.h>

#include <algorithm>

#include "policy/difference.h"
#include "unit/policy/reading.h"

namespace dbssd::policy {

void PrintTo(const Change& change, std::ostream* out) {
  *out << change.path << ": " << change.before << " -> " << change.after;
}

namespace {

using testing::ElementsAre;

Policy example() { return clean(text_of_file(DBSSD_SOURCE_DIR "/config/policy.example.yaml")); }

/// What changes in the example with one text of it put in another's place.
std::vector<Change> replacing(std::string_view text, std::string_view replacement) {
  std::string yaml = text_of_file(DBSSD_SOURCE_DIR "/config/policy.example.yaml");
  const std::size_t at = yaml.find(text);
  EXPECT_NE(at, std::string::npos) << text;
  yaml.replace(at, text.size(), replacement);
  const ReadResult changed = read(yaml);
  EXPECT_NE(changed.policy, nullptr) << testing::PrintToString(lines(changed));
  return changed.policy ? difference(example(), *changed.policy) : std::vector<Change>{};
}

TEST(Difference, OfEqualPoliciesIsNothing) {
  EXPECT_THAT(difference(example(), example()), testing::IsEmpty());
}

TEST(Difference, NamesTheFieldAndBothItsValues) {
  EXPECT_THAT(replacing("time_zone: Asia/Shanghai", "time_zone: Asia/Tokyo"),
              ElementsAre(Change{"time_zone", "Asia/Shanghai", "Asia/Tokyo"},
                          Change{"reports[weekly-pci].time_zone", "Asia/Shanghai", "Asia/Tokyo"}));
  EXPECT_THAT(replacing("reconcile_interval: 5m", "reconcile_interval: 90s"),
              ElementsAre(Change{"instances.reconcile_interval", "5m", "1m30s"}));
  EXPECT_THAT(replacing("schedule: \"0 6 * * *\"", "schedule: \"30 6 * * MON\""),
              ElementsAre(Change{"reports[daily-sox].schedule", "0 6 * * *", "30 6 * * 1"}));
  EXPECT_THAT(replacing("name: [\"*-lab\",", "name: [\"*-test\","),
              ElementsAre(Change{"instances.start[keep-running].select.exclude.name",
                                 "[*-lab, *-decommissioned]", "[*-test, *-decommissioned]"}));
  EXPECT_THAT(replacing("window: {last: 6h}", "window: since_previous"),
              ElementsAre(Change{"reports[every-six-hours].window", "{last: 6h}", "since_previous"}));
  EXPECT_THAT(replacing("status: {listen: \"127.0.0.1:9464\"}", "status: {listen: \"[::1]:9464\"}"),
              ElementsAre(Change{"status.listen", "127.0.0.1:9464", "[::1]:9464"}));
}

TEST(Difference, SaysAbsentWhereNothingStood) {
  EXPECT_THAT(replacing("status: {listen: \"127.0.0.1:9464\"}", ""),
              ElementsAre(Change{"status.listen", "127.0.0.1:9464", "absent"}));
  EXPECT_THAT(replacing("      keep: 90d ", "      # "),
              ElementsAre(Change{"reports[daily-sox].archive.keep", "90d", "absent"}));
  EXPECT_THAT(replacing("    project_id: ", "    # "),
              ElementsAre(Change{"projects[prod].project_id", "5f1c0f4f4b5e4d0f9d2f7f2f8a1b2c3d", "absent"}));
}

TEST(Difference, OfAuthNamesTheSourcesOfSecrets) {
  EXPECT_THAT(replacing("password: {credential: iam-password}", "password: {file: /etc/dbssd/password}"),
              ElementsAre(Change{"projects[prod].auth.password", "{credential: iam-password}",
                                 "{file: /etc/dbssd/password}"}));
  EXPECT_THAT(replacing("method: ecs_agency ", "method: token\n      token: {env: T} "),
              ElementsAre(Change{"projects[lab].auth.method", "ecs_agency", "token"},
                          Change{"projects[lab].auth.token", "absent", "{env: T}"}));
}

TEST(Difference, OfAnItemThatCameOrWentIsOneChange) {
  Policy less = example();
  less.reports.erase(less.reports.begin());
  EXPECT_THAT(difference(example(), less), ElementsAre(Change{"reports[daily-sox]", "present", "absent"}));
  EXPECT_THAT(difference(less, example()), ElementsAre(Change{"reports[daily-sox]", "absent", "present"}));
}

TEST(Difference, OfARenamedItemIsOneThatWentAndOneThatCame) {
  Policy renamed = example();
  renamed.projects[0].name = ProjectName("production");
  EXPECT_THAT(difference(example(), renamed),
              ElementsAre(Change{"projects[prod]", "present", "absent"},
                          Change{"projects[production]", "absent", "present"}));
}

TEST(Difference, OfTheOrderIsAChangeToo) {
  Policy turned = example();
  std::swap(turned.instances.start[0], turned.instances.start[1]);
  EXPECT_THAT(difference(example(), turned),
              ElementsAre(Change{"instances.start", "[keep-running, lab-in-small-steps]",
                                 "[lab-in-small-steps, keep-running]"}));
}

/// Changes one field of a policy.
using Touch = void (*)(Policy&);

// Each field of every type: whoever adds one and forgets it here or there fails this or the count below.
const std::vector<std::pair<std::string, Touch>> kTouches = {
    {"time_zone", [](Policy& p) { p.time_zone = "x"; }},
    {"projects[prod].region", [](Policy& p) { p.projects[0].region = "x"; }},
    {"projects[prod].project_id", [](Policy& p) { p.projects[0].project_id = ProjectId("x"); }},
    {"projects[prod].endpoints.dbss", [](Policy& p) { p.projects[0].dbss_endpoint = "x"; }},
    {"projects[prod].endpoints.iam", [](Policy& p) { p.projects[0].iam_endpoint = "x"; }},
    {"projects[prod].endpoints.style",
     [](Policy& p) { p.projects[0].path_style = cloud::PathStyle::legacy; }},
    {"projects[prod].tls.ca_file", [](Policy& p) { p.projects[0].ca_file = "x"; }},
    {"projects[prod].proxy.url",
     [](Policy& p) {
       p.projects[0].proxy = Proxy{"none", {}, {}};
     }},
    {"projects[edge].proxy.url", [](Policy& p) { p.projects[2].proxy->url = "http://x"; }},
    {"projects[edge].proxy.user", [](Policy& p) { p.projects[2].proxy->user = "x"; }},
    {"projects[edge].proxy.password", [](Policy& p) { p.projects[2].proxy->password->name = "x"; }},
    {"projects[prod].auth.domain",
     [](Policy& p) { std::get<PasswordAuth>(p.projects[0].auth).domain = "x"; }},
    {"projects[prod].auth.user", [](Policy& p) { std::get<PasswordAuth>(p.projects[0].auth).user = "x"; }},
    {"projects[prod].auth.password",
     [](Policy& p) { std::get<PasswordAuth>(p.projects[0].auth).password.name = "x"; }},
    {"projects[dr].auth.access_key",
     [](Policy& p) { std::get<AkskAuth>(p.projects[1].auth).access_key.name = "x"; }},
    {"projects[dr].auth.secret_key",
     [](Policy& p) { std::get<AkskAuth>(p.projects[1].auth).secret_key.name = "x"; }},
    {"projects[dr].auth.security_token",
     [](Policy& p) { std::get<AkskAuth>(p.projects[1].auth).security_token.reset(); }},
    {"projects[edge].auth.token",
     [](Policy& p) { std::get<TokenAuth>(p.projects[2].auth).token.kind = SecretSource::Kind::file; }},
    {"projects[prod].limits.requests_per_second",
     [](Policy& p) { p.projects[0].limits.requests_per_second = 1; }},
    {"projects[prod].limits.in_flight", [](Policy& p) { p.projects[0].limits.in_flight = 1; }},
    {"projects[prod].limits.timeout", [](Policy& p) { p.projects[0].limits.timeout = Seconds{1}; }},
    {"projects[prod].api_time_zone", [](Policy& p) { p.projects[0].api_time_zone = "x"; }},
    {"instances.reconcile_interval", [](Policy& p) { p.instances.reconcile_interval = Seconds{1}; }},
    {"instances.start[keep-running].select.project",
     [](Policy& p) { p.instances.start[0].select.include.project = {"x"}; }},
    {"instances.start[keep-running].select.name",
     [](Policy& p) { p.instances.start[0].select.include.name = {"x"}; }},
    {"instances.start[keep-running].select.id",
     [](Policy& p) { p.instances.start[0].select.include.id = {"x"}; }},
    {"instances.start[keep-running].select.exclude.project",
     [](Policy& p) { p.instances.start[0].select.exclude.project = {"x"}; }},
    {"instances.start[keep-running].select.exclude.name",
     [](Policy& p) { p.instances.start[0].select.exclude.name = {"x"}; }},
    {"instances.start[keep-running].select.exclude.id",
     [](Policy& p) { p.instances.start[0].select.exclude.id = {"x"}; }},
    {"instances.start[keep-running].max_per_cycle",
     [](Policy& p) { p.instances.start[0].max_per_cycle = 1; }},
    {"instances.start[keep-running].confirm_within",
     [](Policy& p) { p.instances.start[0].confirm_within = Seconds{1}; }},
    {"instances.start[keep-running].flap.starts", [](Policy& p) { p.instances.start[0].flap.starts = 1; }},
    {"instances.start[keep-running].flap.within",
     [](Policy& p) { p.instances.start[0].flap.within = Seconds{1}; }},
    {"instances.start[keep-running].flap.hold",
     [](Policy& p) { p.instances.start[0].flap.hold = Seconds{1}; }},
    {"creation_jobs.poll_interval", [](Policy& p) { p.creation_jobs.poll_interval = Seconds{1}; }},
    {"creation_jobs.deadline", [](Policy& p) { p.creation_jobs.deadline = Seconds{1}; }},
    {"creation_jobs.resource_ids", [](Policy& p) { p.creation_jobs.resource_ids = {ResourceId("x")}; }},
    {"summary.busi_types", [](Policy& p) { p.summary.busi_types.pop_back(); }},
    {"summary.poll_interval", [](Policy& p) { p.summary.poll_interval = Seconds{1}; }},
    {"reports[daily-sox].template", [](Policy& p) { p.reports[0].report_template.by = TemplateRef::By::id; }},
    {"reports[daily-sox].schedule",
     [](Policy& p) { p.reports[0].schedule = *schedule::Cron::parse("1 1 1 1 1"); }},
    {"reports[daily-sox].time_zone", [](Policy& p) { p.reports[0].time_zone = "x"; }},
    {"reports[daily-sox].window",
     [](Policy& p) { p.reports[0].window.kind = schedule::WindowRule::Kind::last; }},
    {"reports[daily-sox].select.name", [](Policy& p) { p.reports[0].select.include.name = {}; }},
    {"reports[daily-sox].databases", [](Policy& p) { p.reports[0].databases = {"x"}; }},
    {"reports[daily-sox].on_unknown", [](Policy& p) { p.reports[0].on_unknown = OnUnknown::accept; }},
    {"reports[daily-sox].when_inactive", [](Policy& p) { p.reports[0].when_inactive = WhenInactive::skip; }},
    {"reports[daily-sox].after_summary", [](Policy& p) { p.reports[0].after_summary.reset(); }},
    {"reports[daily-sox].missed", [](Policy& p) { p.reports[0].missed = schedule::MissedPolicy::all; }},
    {"reports[daily-sox].deadline", [](Policy& p) { p.reports[0].deadline = Seconds{1}; }},
    {"reports[daily-sox].spread", [](Policy& p) { p.reports[0].spread = Seconds{1}; }},
    {"reports[daily-sox].finish_within", [](Policy& p) { p.reports[0].finish_within = Seconds{1}; }},
    {"reports[daily-sox].archive.directory", [](Policy& p) { p.reports[0].archive->directory = "x"; }},
    {"reports[daily-sox].archive.locale", [](Policy& p) { p.reports[0].archive->locale = "x"; }},
    {"reports[daily-sox].archive.keep", [](Policy& p) { p.reports[0].archive->keep.reset(); }},
    {"state.path", [](Policy& p) { p.state.path = "x"; }},
    {"state.keep", [](Policy& p) { p.state.keep = Seconds{1}; }},
    {"log.format", [](Policy& p) { p.log.format = Log::Format::text; }},
    {"log.level", [](Policy& p) { p.log.level = Log::Level::error; }},
    {"log.file", [](Policy& p) { p.log.file = "x"; }},
    {"status.listen", [](Policy& p) { p.status->port = 1; }},
};

TEST(Difference, SeesEveryField) {
  for (const auto& [path, touch] : kTouches) {
    Policy touched = example();
    touch(touched);
    const auto changes = difference(example(), touched);
    ASSERT_EQ(changes.size(), 1U) << path;
    EXPECT_EQ(changes[0].path, path);
    EXPECT_NE(changes[0].before, changes[0].after) << path;
  }
}

TEST(Difference, OfEveryKeyOfThePolicyIsTested) {
  std::set<std::string> touched;
  for (const auto& [path, touch] : kTouches) {
    std::string key;
    bool in_name = false;
    for (const char c : path) {
      if (c == ']') in_name = false;
      if (!in_name) key += c;
      if (c == '[') in_name = true;
    }
    touched.insert(key);
  }
  const std::vector<KnownKey> known = known_keys();
  for (const KnownKey& key : known) {
    const bool holds_others = std::ranges::any_of(known, [&](const KnownKey& k) {
      return k.path.starts_with(key.path + ".") || k.path.starts_with(key.path + "[");
    });
    const bool part_of_a_value =
        key.path.starts_with("projects[].auth.") || key.path.starts_with("projects[].proxy.password.") ||
        key.path.starts_with("reports[].template.") || key.path == "reports[].window.last" ||
        key.path.starts_with("reports[].select.");
    const bool names_an_item = key.path.ends_with("].name") || key.path == "version";
    if (holds_others || part_of_a_value || names_an_item) continue;
    EXPECT_TRUE(touched.contains(key.path)) << key.path;
  }
}

}  // namespace
}  // namespace dbssd::policy
