#include "cloud/resolver.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <array>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>

namespace dbssd::cloud {
namespace {

constexpr Seconds kTrusted{30};

bool is_numeric(const std::string& host) {
  in_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1;
}

}  // namespace

struct Resolver::State {
  explicit State(LookUp look_up_of) : look_up(std::move(look_up_of)) {}

  struct Name {
    bool running = false;
    std::uint64_t finished = 0;  ///< look-ups so far
    Found found;
    MonoTime resolved{};  ///< when the last success ended
  };
  const LookUp look_up;
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, Name> names;  // by host
  bool cancelled = false;

  /// On a thread of its own. The name is there already.
  void look_up_and_tell(const std::string& host) noexcept {
    Found result;
    try {
      result = look_up(host);
    } catch (const std::exception&) {
      result = {.error = EAI_MEMORY};
    }
    const std::lock_guard guard(mutex);
    Name& done = names.find(host)->second;
    done.running = false;
    ++done.finished;
    done.found = std::move(result);
    if (done.found.error == 0) done.resolved = MonoTime::clock::now();
    changed.notify_all();
  }
};

Resolver::LookUp Resolver::getaddrinfo_look_up() {
  return [](const std::string& host) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    Found result;
    result.error = getaddrinfo(host.c_str(), nullptr, &hints, &found);
    if (result.error != 0) return result;
    for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
      if (each->ai_family == AF_INET6) result.addresses.v6 = true;
      if (each->ai_family != AF_INET) continue;
      std::array<char, INET_ADDRSTRLEN> text{};
      const auto* address = reinterpret_cast<const sockaddr_in*>(each->ai_addr);
      if (inet_ntop(AF_INET, &address->sin_addr, text.data(), text.size()) != nullptr)
        result.addresses.v4.emplace_back(text.data());
    }
    freeaddrinfo(found);
    return result;
  };
}

Resolver::Resolver(LookUp look_up) : state_(std::make_shared<State>(std::move(look_up))) {}
Resolver::~Resolver() = default;

void Resolver::cancel() {
  const std::lock_guard lock(state_->mutex);
  state_->cancelled = true;
  state_->changed.notify_all();
}

Expected<Addresses> Resolver::resolve(const std::string& host, MonoTime deadline) {
  if (is_numeric(host)) return Addresses{{host}, false};
  std::unique_lock lock(state_->mutex);
  State::Name& name = state_->names[host];
  if (name.resolved != MonoTime{} && MonoTime::clock::now() - name.resolved < kTrusted)
    return name.found.addresses;
  if (!name.running) {
    try {
      std::thread([state = state_, host] { state->look_up_and_tell(host); }).detach();
    } catch (const std::system_error& error) {
      return fail(ErrorKind::not_sent, "the host grants no thread to look up " + host + ": " + error.what() +
                                           ": raise TasksMax= of the unit, or `ulimit -u`");
    }
    name.running = true;
  }
  const std::uint64_t before = name.finished;
  const bool ended = state_->changed.wait_until(lock, deadline,
                                                [&] { return state_->cancelled || name.finished != before; });
  if (state_->cancelled) return fail(ErrorKind::not_sent, "cancelled while looking up " + host);
  if (!ended) return fail(ErrorKind::not_sent, "no answer in time for the name " + host);
  if (name.found.error != 0)
    return fail(ErrorKind::not_sent, "cannot look up " + host + ": " + gai_strerror(name.found.error));
  return name.found.addresses;
}

}  // namespace dbssd::cloud
