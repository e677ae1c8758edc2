// A state that is damaged: it is read whole, or rebuilt with a word about it and about what it lacks. What
// the cloud has is not made a second time.
#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <sstream>

#include "fault/process/backlog.h"
#include "fault/process/evidence.h"

namespace integration {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kToTheEnd = std::size_t{1} << 40;
const std::vector<std::string> kTypes{"SOX", "PCI"};
// What must not be otherwise without a word.
constexpr const char* kRuns =
    "SELECT instance, report, scheduled, window_begin, window_end, state, outcome, template_id, report_id,"
    " attempts FROM run ORDER BY instance, report, scheduled";

// A way to damage a state in so many places, one at a time.
struct Damage {
  const char* name;
  std::size_t distance;  // of places, in bytes
  std::function<void(std::string& bytes, std::size_t place)> inflict;
  std::size_t reach;     // so many bytes are damaged
  bool may_lead_astray;  // a page can then say what was never on it
};

void PrintTo(const Damage& damage, std::ostream* out) { *out << damage.name; }

class DamagedState : public testing::TestWithParam<Damage> {
 protected:
  // Finished on one instance, accepted on the next, due on the third.
  DamagedState()
      : site(fleet_of({{{"name", "prod-a"}},
                       {{"name", "prod-b"}, {"report", {{"outcome", "stalls"}}}},
                       {{"name", "prod-off"}, {"status", "SHUTOFF"}}},
                      {{"report_seconds", 0}})) {
    for (const std::string& type : kTypes) site.policy["reports"].push_back(backlog.rule(type));
  }

  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(fall_behind(site));
    ASSERT_EQ(site.run_once().status, 0);
    ASSERT_EQ(site.run_once().status, 0);
    ASSERT_EQ(site.query("SELECT ifnull(outcome, state), count(*) FROM run GROUP BY 1 ORDER BY 1"),
              (std::vector<std::string>{"accepted 20", "due 20", "finished 20"}));
    runs = site.query(kRuns);
    find_runs();
    sound = read_file(site.state_path());
    lock = read_file(site.state_path() + ".lock");
    ASSERT_EQ(sound.size() % kPage, 0U);
    ASSERT_GT(sound.size(), 15 * kPage);
    calls = site.cloud.calls("create_report");
  }

  // Gives a daemon these bytes for its state, and returns what it says of them.
  std::vector<json> begin_with(const std::string& bytes) {
    const std::string path = site.directory.file("damaged-" + std::to_string(++cases) + ".db");
    site.policy["state"]["path"] = path;
    write_file(path, bytes);
    write_file(path + ".lock", lock);
    const Ended ended = site.run_once();
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_EQ(site.cloud.calls("create_report"), calls) << "made twice";
    std::vector<json> recovered = events(ended.log(), "state.recovered");
    EXPECT_LE(recovered.size(), 1U);
    return recovered;
  }

  void expect_no_harm(const std::string& bytes, std::size_t runs_damaged) {
    const std::vector<json> recovered = begin_with(bytes);
    const std::vector<std::string> left = site.query(kRuns);
    const auto strangers = std::ranges::count_if(
        left, [this](const std::string& run) { return std::ranges::find(runs, run) == runs.end(); });
    // A bit in a value is beyond what a file without checksums can tell: that one run reads otherwise.
    EXPECT_LE(strangers, 1);
    if (recovered.empty()) {
      EXPECT_EQ(left.size(), runs.size()) << "lost without a word";
      return;
    }
    ++told;
    const std::string reason = recovered[0]["reason"];
    EXPECT_EQ(read_file(kept_as(reason)), bytes) << reason;
    // Of a file that ends within a page nothing is believed.
    const std::size_t at_risk = bytes.size() % kPage != 0 || (GetParam().may_lead_astray && runs_damaged > 0)
                                    ? runs.size()
                                    : runs_damaged;
    EXPECT_GE(left.size() + at_risk, runs.size()) << "more is lost than was damaged: " << reason;
    if (left.size() < runs.size()) {
      EXPECT_NE(reason.find("not all could be read of:"), std::string::npos) << left.size() << ' ' << reason;
    }
  }

  // The name of the damaged file, as the log gives it.
  static std::string kept_as(const std::string& reason) {
    const std::size_t mark = reason.find(".corrupt-");
    if (mark == std::string::npos) return "";
    const std::size_t begin = reason.rfind(' ', mark) + 1;
    return reason.substr(begin, reason.find_first_of("; ", mark) - begin);
  }

  // How many runs each page takes with it. Without the pages that say where tables are, none can be read.
  void find_runs() {
    for (const std::string& page :
         site.query("SELECT pageno, iif(name = 'run' AND pagetype = 'leaf', ncell, 0), "
                    "name = 'sqlite_schema' OR (name = 'run' AND pagetype <> 'leaf')"
                    " FROM dbstat")) {
      std::istringstream words(page);
      std::size_t number = 0, held = 0;
      bool leads = false;
      words >> number >> held >> leads;
      runs_of_page[number] = leads ? runs.size() : held;
    }
    ASSERT_GT(runs_of_page.size(), 15U);
  }
  std::size_t runs_on(std::size_t first_page, std::size_t last_page) const {
    std::size_t count = 0;
    for (const auto& [page, on_it] : runs_of_page)
      count += first_page <= page && page <= last_page ? on_it : 0;
    return count;
  }

  const Backlog backlog{10};
  FastSite site;
  std::string sound, lock;
  std::vector<std::string> runs;
  std::map<std::size_t, std::size_t> runs_of_page;
  int calls = 0;
  int cases = 0;
  int told = 0;
};

TEST_P(DamagedState, IsRebuiltWithAWordAndNothingIsMadeTwice) {
  const Damage& damage = GetParam();
  for (std::size_t place = 0; place < sound.size(); place += damage.distance) {
    SCOPED_TRACE("in byte " + std::to_string(place) + " of " + std::to_string(sound.size()));
    std::string bytes = sound;
    damage.inflict(bytes, place);
    expect_no_harm(bytes, runs_on(place / kPage + 1, (place + damage.reach - 1) / kPage + 1));
  }
  EXPECT_GT(told, 4);
}

INSTANTIATE_TEST_SUITE_P(
    Process, DamagedState,
    testing::Values(
        Damage{"CutAtAPage", kPage, [](std::string& bytes, std::size_t place) { bytes.resize(place); },
               kToTheEnd, false},
        Damage{"CutWithinAPage", 3 * kPage + 1000,
               [](std::string& bytes, std::size_t place) { bytes.resize(place); }, kToTheEnd, false},
        Damage{"ABitFlipped", 509,
               [](std::string& bytes, std::size_t place) {
                 bytes[place] = static_cast<char>(bytes[place] ^ (1 << (place % 8)));
               },
               1, true},
        Damage{"APageOfZeros", kPage,
               [](std::string& bytes, std::size_t place) { bytes.replace(place, kPage, kPage, '\0'); }, kPage,
               false},
        Damage{"ASectorOfNoise", kPage + 512,
               [](std::string& bytes, std::size_t place) {
                 for (std::size_t at = place; at < std::min(place + 512, bytes.size()); ++at)
                   bytes[at] = static_cast<char>(at * 2654435761U >> 13U);
               },
               512, true}),
    [](const testing::TestParamInfo<Damage>& damage) { return std::string(damage.param.name); });

TEST_F(DamagedState, ThatIsSoundIsReadWhole) {
  EXPECT_TRUE(begin_with(sound).empty());
  EXPECT_EQ(site.query(kRuns), runs);
}

}  // namespace
}  // namespace integration
