// A server of raw sockets that does exactly what a test tells it to, also what no server should do.
#pragma once

#include <openssl/types.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace dbssd::test {

/// One accepted connection. Every read gives up after five seconds, so that a broken client fails a test and
/// does not hang it.
class Peer {
 public:
  Peer(int socket, SSL* tls) : socket_(socket), tls_(tls) {}
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  /// Reads one request, header and body; empty when the client closed instead.
  std::string read_request();
  /// False when the client has gone.
  bool send(std::string_view bytes);
  /// An answer of that body, kept alive.
  bool answer(std::string_view body, std::string_view status = "200 OK",
              std::string_view type = "application/json");
  /// Hands everything on between the client and that port of this host until one of them goes; for a server
  /// without TLS.
  void relay_to(int port);
  /// Waits for the client to go.
  void wait_closed();
  /// Sends as much of `bytes` as goes without waiting longer than `patience_ms` for the client to take more.
  std::size_t send_until_stalled(std::string_view bytes, int patience_ms);

 private:
  long receive(char* to, std::size_t size);
  int socket_;
  SSL* tls_;
  std::string unread_;
};

/// What a TLS server shows of itself; PEM texts.
struct Identity {
  std::string certificate;
  std::string key;
  int newest_version = 0;  ///< of TLS; 0 for the newest there is
};

/// Runs the script in a thread per connection until it returns, then closes the connection.
class ScriptedServer {
 public:
  using Script = std::function<void(Peer&)>;
  explicit ScriptedServer(Script script);
  ScriptedServer(Script script, const Identity& identity);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string url(std::string_view host = "127.0.0.1") const;
  [[nodiscard]] int connections() const { return connections_; }

 private:
  void listen();
  void accept_all();
  void serve(int socket);

  const Script script_;
  std::shared_ptr<SSL_CTX> tls_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;
  std::vector<int> sockets_;           // guarded by mutex_
  std::vector<std::jthread> serving_;  // only the accepting thread touches it until it has ended
  std::jthread accepting_;
};

}  // namespace dbssd::test
