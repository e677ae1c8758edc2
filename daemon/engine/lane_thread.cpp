#include "engine/lane_thread.h"

#include <algorithm>
#include <utility>

#include "engine/perform.h"

namespace dbssd::engine {
namespace {

/// Nobody sleeps longer: every wake re-reads the wall clock, which may have been set meanwhile.
constexpr Millis kLongestSleep = Seconds{30};
/// How many times what it cost must have passed before it is told anew how a project stands.
constexpr int kThrift = 100;

}  // namespace

LaneThread::LaneThread(const Ports& ports, std::unique_ptr<Lane> lane,
                       std::shared_ptr<cloud::CloudApi> client)
    : ports_(ports),
      lane_(std::move(lane)),
      clients_{std::move(client)},
      rhythm_(lane_->project().limits),
      last_turn_(ports.clock.now().mono.time_since_epoch().count()),
      sure_(lane_->sure_now()),
      workers_(static_cast<std::size_t>(lane_->project().limits.in_flight),
               {.purpose = "a worker of " + lane_->project().name.str(), .watch = ports_.threads}) {}

LaneThread::~LaneThread() {
  stop();
  if (has_begun()) thread_.join();
}

bool LaneThread::begin() {
  const std::string purpose = "the lane of " + lane_->project().name.str();
  auto thread = start_thread(purpose, ports_.threads, [this] { drive(); });
  if (!thread) {
    if (ports_.threads != nullptr) {
      ports_.threads->refused(purpose, thread.error());
      ports_.threads->want_one();
    }
    return false;
  }
  thread_ = *std::move(thread);
  return true;
}

template <class Change>
void LaneThread::leave_word(Change&& change) {
  {
    const std::scoped_lock lock(mutex_);
    std::forward<Change>(change)(word_);
    if (!word_.is_worth_a_turn(enough_)) return;
  }
  arrived_.notify_one();
}

void LaneThread::reload(std::shared_ptr<const policy::Policy> policy, std::size_t project,
                        std::shared_ptr<cloud::CloudApi> client) {
  leave_word([&](Word& word) { word.reload = Word::Reload{std::move(policy), project, std::move(client)}; });
}

void LaneThread::zones_changed() {
  leave_word([](Word& word) { word.zones_changed = true; });
}

void LaneThread::clock_jumped() {
  leave_word([](Word& word) { word.clock_jumped = true; });
}

void LaneThread::ask(Request request) {
  leave_word([&](Word& word) { word.requests.push_back(std::move(request)); });
}

void LaneThread::stop() {
  leave_word([](Word& word) { word.stop = true; });
}

void LaneThread::drive() {
  while (!stopping_) {
    const std::size_t room = rhythm_.room(lane_->calls_under_way());
    Lane::Turn turn = lane_->turn(room);
    for (planner::Action& action : turn.calls) make(std::move(action));
    const MonoTime ended = ports_.clock.now().mono;
    rhythm_.turned(ended, turn.thought, room, turn.calls.size(), lane_->calls_under_way());
    last_turn_ = ended.time_since_epoch().count();
    tell_time();
    tell_standing();
    explain_where_asked();
    workers_.ask_for_threads();
    take(wait(turn));
  }
  wind_up();
  ended_ = true;
}

void LaneThread::tell_time() {
  const Now sure = lane_->sure_now();
  const std::scoped_lock lock(mutex_);
  sure_ = sure;
}

void LaneThread::tell_standing() {
  const MonoTime begun = ports_.clock.now().mono;
  if (begun < tells_again_at_) return;
  ProjectStanding standing = lane_->standing();
  const MonoTime ended = ports_.clock.now().mono;
  tells_again_at_ = ended + kThrift * (ended - begun);
  const std::scoped_lock lock(mutex_);
  standing_ = std::move(standing);
}

void LaneThread::explain_where_asked() {
  LeftAloneBoard* board = ports_.left_alone;
  const ProjectName& project = lane_->project().name;
  const MonoTime begun = ports_.clock.now().mono;
  if (board == nullptr || !board->is_wanted(project, begun)) return;
  planner::LeftAloneList list = planner::left_alone(lane_->explain());
  const MonoTime ended = ports_.clock.now().mono;
  board->put(project, std::move(list), ended, ended - begun);
}

void LaneThread::take(Word&& word) {
  for (planner::Answer& answer : word.answers) {
    answer.cancelled = stopping_;
    lane_->take(std::move(answer));
  }
  if (lane_->calls_under_way() == 0 && clients_.size() > 1)
    clients_.erase(clients_.begin(), clients_.end() - 1);
  if (word.reload) {
    lane_->swap_policy(std::move(word.reload->policy), word.reload->project);
    clients_.push_back(std::move(word.reload->client));
    workers_.allow(static_cast<std::size_t>(lane_->project().limits.in_flight));
    rhythm_.allow(lane_->project().limits);
  }
  if (word.zones_changed) lane_->forget_zones();
  if (word.clock_jumped) lane_->look_at_clock();
  for (const Request& request : word.requests) lane_->ask(request);
  stopping_ |= word.stop;
}

void LaneThread::make(planner::Action&& action) {
  workers_.submit(
      [this, call = std::move(action.call), client = clients_.back(), project = lane_->project().name] {
        planner::Answer answer = perform(call, project, *client, ports_.journal, ports_.clock);
        leave_word([&answer](Word& word) { word.answers.push_back(std::move(answer)); });
      });
}

LaneThread::Word LaneThread::wait(const Lane::Turn& turn) {
  const auto until_turn = [&turn, this] {
    const Now now = ports_.clock.now();
    Millis sleep = kLongestSleep;
    if (turn.next_wall)
      sleep = std::min(sleep, std::chrono::ceil<Millis>(WallTime(*turn.next_wall) - now.wall));
    if (turn.next_mono) sleep = std::min(sleep, std::chrono::ceil<Millis>(*turn.next_mono - now.mono));
    if (workers_.is_stranded()) sleep = std::min(sleep, Workers::kAskAgain);
    return sleep;
  };
  const auto rest = std::chrono::ceil<Millis>(rhythm_.rests_until() - ports_.clock.now().mono);
  std::unique_lock lock(mutex_);
  if (!sleep(lock, rhythm_.enough(), std::min(rest, until_turn())))
    static_cast<void>(sleep(lock, 1, until_turn()));
  return std::exchange(word_, Word{});
}

/// True where there is word that is worth a turn.
bool LaneThread::sleep(std::unique_lock<std::mutex>& lock, std::size_t enough, Millis at_most) {
  enough_ = enough;
  return arrived_.wait_for(lock, std::max(at_most, Millis::zero()),
                           [this, enough] { return word_.is_worth_a_turn(enough); });
}

void LaneThread::wind_up() {
  for (const auto& client : clients_) client->cancel();
  while (lane_->calls_under_way() > 0) {
    while (workers_.run_stranded()) {  // it ends at once: its client is cancelled
    }
    std::unique_lock lock(mutex_);
    enough_ = 1;
    // Calls that were handed over and have no thread yet come back too: cancelled.
    if (!arrived_.wait_for(lock, Workers::kAskAgain, [this] { return !word_.answers.empty(); })) continue;
    Word word = std::exchange(word_, Word{});
    lock.unlock();
    take(std::move(word));
  }
  if (ports_.left_alone != nullptr) ports_.left_alone->forget(lane_->project().name);
  // What cannot be written now is not lost: the intents are, and are looked up at the next start.
  (void)lane_->save();
}

}  // namespace dbssd::engine
