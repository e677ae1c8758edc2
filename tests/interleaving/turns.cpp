#include "interleaving/turns.h"

#include <algorithm>
#include <cerrno>

#include "interleaving/system.h"

namespace dbssd::interleaving {
namespace {

constexpr std::size_t kMostSteps = 20'000;

thread_local Turns::Thread* own = nullptr;
Turns* running = nullptr;

/// What waits by these is not replaced.
void wait_for(sem_t& semaphore) {
  while (::sem_wait(&semaphore) != 0 && errno == EINTR) {
  }
}

}  // namespace

std::size_t Choices::take(std::size_t ways) {
  if (ways == 1) return 0;
  if (depth_ == path_.size()) path_.push_back({0, ways});
  return path_[depth_++].taken;
}

bool Choices::go_on() {
  depth_ = 0;
  while (!path_.empty() && path_.back().taken + 1 == path_.back().ways) path_.pop_back();
  if (path_.empty()) return false;
  ++path_.back().taken;
  return true;
}

Turns::Turns(Choices& choices, Bounds bounds) : choices_(choices), bounds_(bounds) {
  ::sem_init(&over_, 0, 0);
}

Turns::~Turns() {
  for (const auto& thread : threads_) ::sem_destroy(&thread->turn);
  ::sem_destroy(&over_);
}

Turns::Thread* Turns::self() { return own; }
Turns& Turns::current() { return *running; }

Turns::Thread& Turns::add() {
  Thread& thread = *threads_.emplace_back(std::make_unique<Thread>());
  thread.id = static_cast<int>(threads_.size()) - 1;
  ::sem_init(&thread.turn, 0, 0);
  return thread;
}

struct Turns::Begun {
  Turns* turns;
  Thread* thread;
  void* (*function)(void*);
  void* argument;
};

void* Turns::begin(void* argument) {
  const std::unique_ptr<Begun> begun(static_cast<Begun*>(argument));
  wait_for(begun->thread->turn);
  own = begun->thread;
  void* const result = begun->function(begun->argument);
  own = nullptr;
  begun->turns->end(*begun->thread);
  return result;
}

bool Turns::run(const std::function<void()>& scenario) {
  running = this;
  Thread& first = add();
  const auto call = [](void* argument) -> void* {
    (*static_cast<const std::function<void()>*>(argument))();
    return nullptr;
  };
  auto* begun = new Begun{this, &first, call, const_cast<std::function<void()>*>(&scenario)};
  if (system().create(&first.real, nullptr, begin, begun) != 0) return false;
  ::sem_post(&first.turn);
  wait_for(over_);
  if (stuck_) return false;
  system().join(first.real, nullptr);
  return true;
}

std::string Turns::trace() const {
  std::string text;
  for (const auto& [id, what] : trace_) text += std::to_string(id) + ' ' + what + '\n';
  return text;
}

void Turns::note(const Thread& thread, const char* what) { trace_.emplace_back(thread.id, what); }

bool Turns::can_go_on(const Thread& thread) const {
  using enum Thread::Waits;
  if (thread.ended) return false;
  switch (thread.waits) {
    case not_at_all:
      return true;
    case for_mutex: {
      const auto owner = owners_.find(thread.mutex);
      return owner == owners_.end() || owner->second == nullptr;
    }
    case for_condition:
      return false;
    case for_value:
      return __atomic_load_n(static_cast<const int*>(thread.object), __ATOMIC_SEQ_CST) != thread.value;
    case for_thread:
      return static_cast<const Thread*>(thread.object)->ended;
  }
  return false;
}

/// A wait that runs out, or that ends by itself.
bool Turns::can_give_up(const Thread& thread) const {
  using enum Thread::Waits;
  if (thread.ended || can_go_on(thread)) return false;
  if (thread.waits == for_condition)
    return thread.until || (bounds_.spurious_wakes && thread.mutex != nullptr);
  return thread.waits == for_value && thread.until;
}

Turns::Thread* Turns::next(Thread* from) {
  std::vector<Thread*> ways;
  const bool goes_on = from != nullptr && can_go_on(*from);
  const bool is_free = preemptions_ < bounds_.preemptions;
  if (goes_on) ways.push_back(from);
  if (!goes_on || is_free) {
    for (const auto& thread : threads_)
      if (thread.get() != from && can_go_on(*thread)) ways.push_back(thread.get());
  }
  const std::size_t ready = ways.size();
  if (ready == 0 || is_free) {
    for (const auto& thread : threads_) {
      // Without another way a wait has to run out; one without an end is stuck even if it may be disturbed.
      if (can_give_up(*thread) && (ready > 0 || thread->until)) ways.push_back(thread.get());
    }
  }
  if (ways.empty()) return nullptr;
  // Where all wait, it is the time of the first of them, unless it is made to wait too.
  if (ready == 0) std::ranges::stable_sort(ways, {}, [](const Thread* thread) { return *thread->until; });
  if (ready == 0 && !is_free) ways.resize(1);
  const std::size_t taken = choices_.take(ways.size());
  const bool is_preempted = ready == 0 ? taken > 0 : taken >= ready || (goes_on && taken > 0);
  if (is_preempted) ++preemptions_;
  return ways[taken];
}

/// What it waited for is there, or is waited for no more.
void Turns::let_go_on(Thread& thread) {
  using enum Thread::Waits;
  if (!can_go_on(thread)) {
    thread.timed_out = thread.until.has_value();
    if (thread.until) now_ = std::max(now_, *thread.until);
    note(thread, thread.timed_out ? "waits no longer" : "is disturbed");
    thread.waits = thread.waits == for_condition && thread.mutex != nullptr ? for_mutex : not_at_all;
    if (!can_go_on(thread)) return;
  }
  if (thread.waits == for_mutex) owners_[thread.mutex] = &thread;
  thread.waits = not_at_all;
}

void Turns::pause(const char* what) {
  Thread& from = *own;
  note(from, what);
  for (;;) {
    Thread* const to = trace_.size() < kMostSteps ? next(&from) : nullptr;
    if (to == nullptr) {
      stuck_ = true;
      ::sem_post(&over_);
      wait_for(from.turn);  // for good
    }
    let_go_on(*to);
    if (to->waits != Thread::Waits::not_at_all) continue;  // it gave up and now needs its mutex
    if (to == &from) return;
    note(*to, "has the turn");
    ::sem_post(&to->turn);
    wait_for(from.turn);
    return;
  }
}

void Turns::end(Thread& thread) {
  thread.ended = true;
  note(thread, "ends");
  for (;;) {
    Thread* const to = next(nullptr);
    if (to == nullptr) {
      for (const auto& left : threads_) stuck_ = stuck_ || !left->ended;
      ::sem_post(&over_);
      return;
    }
    let_go_on(*to);
    if (to->waits != Thread::Waits::not_at_all) continue;
    note(*to, "has the turn");
    ::sem_post(&to->turn);
    return;
  }
}

/// Those of a library, which never waits while it has one: only who has to wait for one lets others go on.
bool Turns::take_recursive(pthread_mutex_t* mutex) {
  if ((mutex->__data.__kind & 3) != PTHREAD_MUTEX_RECURSIVE) return false;
  const auto owner = owners_.find(mutex);
  if (owner != owners_.end() && owner->second != own) return false;
  owners_[mutex] = own;
  ++depths_[mutex];
  return true;
}

void Turns::lock(pthread_mutex_t* mutex) {
  if (take_recursive(mutex)) return;
  own->waits = Thread::Waits::for_mutex;
  own->mutex = mutex;
  ++own->held;
  pause("locks");
  if ((mutex->__data.__kind & 3) == PTHREAD_MUTEX_RECURSIVE) {
    --own->held;
    depths_[mutex] = 1;
  }
}

bool Turns::try_lock(pthread_mutex_t* mutex) {
  if (take_recursive(mutex)) return true;
  pause("tries to lock");
  Thread*& owner = owners_[mutex];
  if (owner != nullptr) return false;
  owner = own;
  ++own->held;
  return true;
}

void Turns::unlock(pthread_mutex_t* mutex) {
  if (const auto depth = depths_.find(mutex); depth != depths_.end()) {
    if (--depth->second > 0) return;
    depths_.erase(depth);
    owners_.erase(mutex);
    return;
  }
  owners_.erase(mutex);
  --own->held;
}

bool Turns::wait(pthread_cond_t* condition, pthread_mutex_t* mutex, std::optional<Nanos> until) {
  owners_.erase(mutex);
  own->waits = Thread::Waits::for_condition;
  own->object = condition;
  own->mutex = mutex;
  own->until = until;
  own->timed_out = false;
  pause(until ? "waits for a while" : "waits");
  own->until.reset();
  return !own->timed_out;
}

bool Turns::wait_while(const int* address, int value, std::optional<Nanos> until) {
  own->waits = Thread::Waits::for_value;
  own->object = address;
  own->value = value;
  own->until = until;
  own->timed_out = false;
  pause("waits for a value");
  own->until.reset();
  return !own->timed_out;
}

void Turns::sleep_until(Nanos until) {
  own->waits = Thread::Waits::for_condition;
  own->object = nullptr;
  own->mutex = nullptr;
  own->until = until;
  pause("sleeps");
  own->until.reset();
}

void Turns::notify(pthread_cond_t* condition, bool all) {
  if (own->held == 0) pause("notifies");
  std::vector<Thread*> waiting;
  for (const auto& thread : threads_)
    if (thread->waits == Thread::Waits::for_condition && thread->object == condition)
      waiting.push_back(thread.get());
  if (waiting.empty()) return;
  if (!all) waiting = {waiting[choices_.take(waiting.size())]};
  for (Thread* thread : waiting) {
    note(*thread, "is notified");
    thread->waits = Thread::Waits::for_mutex;
    thread->until.reset();
  }
}

int Turns::start(pthread_t* thread, const pthread_attr_t* attributes, void* (*function)(void*),
                 void* argument) {
  if (grantable_ == 0) return EAGAIN;
  if (grantable_ > 0) --grantable_;
  Thread& added = add();
  auto begun = std::make_unique<Begun>(Begun{this, &added, function, argument});
  const int result = system().create(&added.real, attributes, begin, begun.get());
  if (result != 0) {
    added.ended = true;
    return result;
  }
  static_cast<void>(begun.release());
  *thread = added.real;
  pause("starts a thread");
  return 0;
}

int Turns::join(pthread_t thread, void** result) {
  // The number of one that has ended, joined or left behind, may be another one's since.
  const auto is_it = [thread](const auto& one) { return ::pthread_equal(one->real, thread) != 0; };
  const auto newest = std::find_if(threads_.rbegin(), threads_.rend(), is_it);
  if (newest != threads_.rend()) {
    own->waits = Thread::Waits::for_thread;
    own->object = newest->get();
    pause("joins");
  }
  return system().join(thread, result);
}

}  // namespace dbssd::interleaving
