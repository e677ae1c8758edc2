#include "cloud/transport_cpprest.h"

#include <openssl/ssl.h>
#include <pplx/threadpool.h>

#include <algorithm>
#include <map>
#include <set>

#include "cloud/client.h"
#include "cloud/cpprest_failure.h"
#include "cloud/cpprest_line.h"
#include "cloud/cpprest_request.h"
#include "cloud/idle_shelf.h"
#include "cloud/tls.h"
#include "cloud/url.h"

namespace dbssd::cloud {
namespace {

using std::chrono::steady_clock;

/// How long a cancelled exchange may take to end before it is left behind.
constexpr Millis kGrace{150};
/// How often what cannot be stopped by itself is looked at while it is waited for.
constexpr Millis kLook{10};
constexpr std::size_t kRefusalBytes = 64 * 1024;  ///< of the body that says why there is none for the sink
constexpr std::size_t kMostIdle = 64;  ///< connections of an origin, of reads and of mutations each

class CpprestTransport final : public Transport {
 public:
  explicit CpprestTransport(TransportConfig config)
      : config_(std::move(config)), resolver_(config_.look_up), idle_(config_.fresh, kMostIdle) {}

  Expected<Response> send(const Request& request) override;
  void cancel() override;

 private:
  /// One sending, over one connection.
  struct Attempt {
    Expected<Response> result;
    bool may_repeat = false;   ///< nothing has left, or it is a read that got no answer
    bool unconnected = false;  ///< nobody was there
  };
  Attempt attempt(std::unique_ptr<Line> line, const std::string& key, const Request& request,
                  MonoTime connected_by);
  std::optional<std::unique_ptr<Line>> idle_line(const std::string& key);
  Expected<void> enlist(const std::shared_ptr<Exchange>& exchange);
  void delist(const std::shared_ptr<Exchange>& exchange);
  /// To whom a connection can be made, the one first that was last connected to.
  [[nodiscard]] std::vector<Way> ways_to(const std::string& host, const Addresses& addresses);
  /// Waits for the end or the deadline; hands the body to the sink meanwhile. False where the sink refused.
  [[nodiscard]] static bool attend(Exchange& exchange, const Request& request, MonoTime connected_by);

  const TransportConfig config_;
  Resolver resolver_;
  std::mutex mutex_;
  // Guarded by mutex_.
  IdleShelf<std::unique_ptr<Line>> idle_;       // by what it is for, and origin
  std::map<std::string, std::string> reached_;  // the address, by host
  std::set<std::shared_ptr<Exchange>> under_way_;
  bool cancelled_ = false;
};

Expected<void> CpprestTransport::enlist(const std::shared_ptr<Exchange>& exchange) {
  const std::lock_guard lock(mutex_);
  if (cancelled_) return fail(ErrorKind::not_sent, "cancelled");
  under_way_.insert(exchange);
  return {};
}

void CpprestTransport::delist(const std::shared_ptr<Exchange>& exchange) {
  const std::lock_guard lock(mutex_);
  under_way_.erase(exchange);
}

void CpprestTransport::cancel() {
  resolver_.cancel();
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  for (const auto& exchange : under_way_) exchange->cancel();
}

std::optional<std::unique_ptr<Line>> CpprestTransport::idle_line(const std::string& key) {
  const std::lock_guard lock(mutex_);
  return idle_.take(key, steady_clock::now());
}

std::vector<Way> CpprestTransport::ways_to(const std::string& host, const Addresses& addresses) {
  std::vector<Way> ways;
  for (const std::string& address : addresses.v4) ways.push_back({address, false});
  // The library takes no address of this kind; by the name it finds the first of them by itself.
  if (addresses.v6 || ways.empty()) ways.push_back({{}, addresses.v6});
  const std::lock_guard lock(mutex_);
  if (const auto last = reached_.find(host); last != reached_.end())
    std::stable_partition(ways.begin(), ways.end(),
                          [&](const Way& way) { return way.address == last->second; });
  return ways;
}

bool CpprestTransport::attend(Exchange& exchange, const Request& request, MonoTime connected_by) {
  bool wanted = true;
  std::unique_lock lock(exchange.mutex);
  const auto changed = [&] {
    return exchange.ended || exchange.cancelled || (exchange.answered && !exchange.piece.empty());
  };
  while (!exchange.ended && !exchange.cancelled && wanted) {
    const MonoTime now = steady_clock::now();
    if (now >= request.deadline) break;
    // TLS stops by itself what is too large, and has been connected to.
    const bool look = !exchange.ledger->is_sealed() || connected_by != MonoTime::max();
    exchange.changed.wait_until(lock, look ? std::min(request.deadline, now + kLook) : request.deadline,
                                changed);
    if (exchange.answered && !exchange.piece.empty()) {
      const std::span<const char> piece = std::exchange(exchange.piece, {});
      if (exchange.response.status == 200) {
        lock.unlock();
        wanted = (*request.sink)(piece);
        lock.lock();
      } else if (exchange.response.body.size() < kRefusalBytes) {
        exchange.response.body.append(piece.begin(), piece.end());
      }
      exchange.taken.set(piece.size());
    } else if (look && !exchange.ended && !exchange.cancelled) {
      if (exchange.ledger->is_overrun()) break;
      if (exchange.ledger->is_connected()) {
        connected_by = MonoTime::max();
      } else if (steady_clock::now() >= connected_by) {
        exchange.too_slow = true;
        break;
      }
    }
  }
  if (exchange.ended) {
    // The connection goes back to the library's pool within microseconds of this.
    exchange.changed.wait_for(lock, kGrace, [&] { return exchange.home; });
    return wanted;
  }
  exchange.abandoned = true;
  if (!std::exchange(exchange.piece, {}).empty()) exchange.taken.set(1);
  lock.unlock();
  exchange.stop.cancel();
  lock.lock();
  exchange.changed.wait_for(lock, kGrace, [&] { return exchange.ended; });
  return wanted;
}

CpprestTransport::Attempt CpprestTransport::attempt(std::unique_ptr<Line> line, const std::string& key,
                                                    const Request& request, MonoTime connected_by) {
  const auto exchange = std::make_shared<Exchange>(line->hooks->ledger);
  exchange->hand_over = request.sink != nullptr;
  if (auto enlisted = enlist(exchange); !enlisted) return {fail(enlisted.error())};
  std::optional<Error> unwritten;
  try {
    if (auto begun = begin(*line, request, exchange); !begun) unwritten = begun.error();
  } catch (...) {
    exchange->end(std::current_exception());
  }
  const bool wanted = unwritten || attend(*exchange, request, connected_by);
  delist(exchange);

  if (unwritten) return {fail(*std::move(unwritten))};
  const std::lock_guard lock(exchange->mutex);
  if (!wanted) return {fail(ErrorKind::internal, "the transfer was stopped by its reader")};
  if (!exchange->ended || exchange->failure || exchange->abandoned || !exchange->framing.fault.empty()) {
    const bool over = exchange->cancelled || (exchange->abandoned && !exchange->too_slow);
    return {fail(failure_of(*exchange, request, *line->hooks->verdict)),
            !over && (was_not_clean(*exchange) ||
                      (request.effect == Effect::read && exchange->ended && !exchange->answered)),
            !over && !exchange->body_begun && is_unconnected(*exchange)};
  }
  exchange->response.since_header = std::chrono::floor<Millis>(steady_clock::now() - exchange->header_at);
  if (exchange->leaves_clean()) {
    const std::lock_guard guard(mutex_);
    if (!cancelled_) idle_.put(key, std::move(line), steady_clock::now());
  }
  return {std::move(exchange->response)};
}

Expected<Response> CpprestTransport::send(const Request& request) {
  const std::optional<Origin> origin = parse_origin(request.origin);
  if (!origin) return fail(ErrorKind::internal, "not an address: " + request.origin);
  // The library would send it again by itself, and nobody could tell whether it has left.
  if (request.effect == Effect::mutation && request.body.empty())
    return fail(ErrorKind::internal, "a mutation without a body");
  // The library has one resolver thread for all of its clients: no name may reach it that could hold it up.
  // What lies behind a proxy is the proxy's to look up.
  const Proxy* proxy = config_.proxy.to(*origin);
  const auto blamed = [&](Error error) {
    if (proxy != nullptr) error.message += " (through the proxy " + proxy->name() + ')';
    return fail(std::move(error));
  };
  const std::string& host = proxy != nullptr ? proxy->host : origin->host;
  const auto addresses = resolver_.resolve(host, request.deadline);
  if (!addresses) return blamed(addresses.error());

  const std::string key = (request.effect == Effect::mutation ? "m " : "r ") +
                          std::string(origin->tls ? "s " : "p ") + origin->authority;
  for (bool again = false; !again;) {
    auto line = idle_line(key);
    if (!line) break;
    Attempt old = attempt(*std::move(line), key, request, MonoTime::max());
    if (old.result) return std::move(old.result);
    if (!old.may_repeat) return blamed(std::move(old.result.error()));
    // Such a one is no sign of what the others are like; but a peer that ends one unanswered will end more.
    again = request.effect == Effect::read;
  }
  const std::vector<Way> ways = ways_to(host, *addresses);
  for (std::size_t i = 0;; ++i) {
    const bool last = i + 1 == ways.size();
    const MonoTime connected_by =
        last ? MonoTime::max() : std::min(request.deadline, steady_clock::now() + config_.connect_patience);
    Attempt fresh = attempt(make_line(config_, *origin, ways[i], request.effect), key, request, connected_by);
    if (fresh.unconnected && !last && steady_clock::now() < request.deadline) continue;
    if (!fresh.unconnected && ways.size() > 1) {
      const std::lock_guard lock(mutex_);
      reached_[host] = ways[i].address;
    }
    if (!fresh.result) return blamed(std::move(fresh.result.error()));
    return std::move(fresh.result);
  }
}

}  // namespace

std::unique_ptr<Transport> make_cpprest_transport(TransportConfig config) {
  return std::make_unique<CpprestTransport>(std::move(config));
}

namespace {

/// The thread on which the library looks names up begins with the first of them: with one that needs nobody,
/// here, before every thread that the host grants has been taken for something else.
void begin_name_thread() {
  using boost::asio::ip::tcp;
  auto resolver = std::make_shared<tcp::resolver>(crossplat::threadpool::shared_instance().service());
  resolver->async_resolve("127.0.0.1", "0", tcp::resolver::numeric_host | tcp::resolver::numeric_service,
                          [resolver](const boost::system::error_code&, const auto&) {});
}

}  // namespace

void initialize_http() {
  constexpr std::size_t kThreads = 2;  // the library's default of 40 costs several times the processor time
  // OpenSSL's own exit handler frees what the library's threads may still use.
  OPENSSL_init_ssl(OPENSSL_INIT_NO_ATEXIT, nullptr);
  prefer_hashed_authorities();
  crossplat::threadpool::initialize_with_threads(kThreads);
  begin_name_thread();
}

}  // namespace dbssd::cloud
