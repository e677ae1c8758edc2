#include <chrono>

#include "policy/sections.h"

namespace dbssd::policy {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

constexpr std::size_t kMaxStartRules = 1000;

void read_flap(const Value& value, Flap& flap) {
  value.map([&](Fields& keys) {
    keys("starts").integer(flap.starts, {1, 1000});
    keys("within").duration(flap.within, {1s, days{30}});
    keys("hold").duration(flap.hold, {1s, days{30}});
  });
}

void warn_of_shadow(const Value& item, const std::vector<StartRule>& earlier, const StartRule& rule) {
  for (const StartRule& other : earlier) {
    if (!covers(other.select, rule.select)) continue;
    item.warning(Lint::never_reached,
                 "is never reached: " + in_quotes(other.name) +
                     " selects every instance that it could; put it first, or remove it");
    return;
  }
}

}  // namespace

void read_instances(const Value& value, const std::vector<Project>& projects, Instances& instances) {
  value.map([&](Fields& keys) {
    keys("reconcile_interval").duration(instances.reconcile_interval, {1s, 24h});
    Unique names;
    const Value start = keys("start");
    start.list([&](const Value& item) {
      const std::size_t errors = item.reading().errors();
      StartRule rule;
      item.map([&](Fields& of_rule) {
        const Value name = of_rule.required("name");
        if (name.text(rule.name, rule_name)) names.claim(name, rule.name);
        read_select(of_rule("select"), projects, rule.select);
        of_rule("max_per_cycle").integer(rule.max_per_cycle, {1, 100'000});
        const Value confirm = of_rule("confirm_within");
        if (confirm.duration(rule.confirm_within, {1s, 24h}) &&
            rule.confirm_within < instances.reconcile_interval) {
          confirm.warning(Lint::confirm_too_soon,
                          "is shorter than reconcile_interval (" +
                              format_duration(instances.reconcile_interval) +
                              "): starts will be reported as overdue before anyone looks; make it longer");
        }
        read_flap(of_rule("flap"), rule.flap);
      });
      if (item.reading().errors() > errors) return;
      if (instances.start.size() < kMaxStartRules) warn_of_shadow(item, instances.start, rule);
      instances.start.push_back(std::move(rule));
    });
    if (instances.start.size() > kMaxStartRules) {
      start.error("must have at most " + std::to_string(kMaxStartRules) + " rules");
    }
  });
}

}  // namespace dbssd::policy
