#include "contract/scripted_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>

namespace dbssd::test {
namespace {

constexpr int kPatienceMs = 5000;

bool readable(int socket) {
  pollfd poller{socket, POLLIN, 0};
  return poll(&poller, 1, kPatienceMs) == 1;
}

/// Moves what is there from one to the other; false where one of them has gone.
bool move_bytes(int from, int to) {
  std::array<char, 16384> buffer{};
  const long count = recv(from, buffer.data(), buffer.size(), 0);
  return count > 0 && ::send(to, buffer.data(), static_cast<std::size_t>(count), MSG_NOSIGNAL) == count;
}

std::size_t content_length(std::string header) {
  std::ranges::transform(header, header.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::size_t at = header.find("content-length:");
  return at == std::string::npos ? 0 : std::stoul(header.substr(at + 15));
}

std::shared_ptr<BIO> reader(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free};
}

std::shared_ptr<SSL_CTX> server_context(const Identity& identity) {
  const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  const std::shared_ptr<X509> certificate(
      PEM_read_bio_X509(reader(identity.certificate).get(), nullptr, nullptr, nullptr), X509_free);
  const std::shared_ptr<EVP_PKEY> key(
      PEM_read_bio_PrivateKey(reader(identity.key).get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  if (SSL_CTX_use_certificate(context.get(), certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1) {
    throw std::runtime_error("the server's certificate does not load");
  }
  // Versions that are refused must be offered by this side: the system's policy would hide them.
  SSL_CTX_set_security_level(context.get(), 0);
  if (identity.newest_version != 0) SSL_CTX_set_max_proto_version(context.get(), identity.newest_version);
  return context;
}

}  // namespace

Peer::~Peer() {
  if (tls_ != nullptr) SSL_free(tls_);
}

long Peer::receive(char* to, std::size_t size) {
  if (tls_ != nullptr) return SSL_read(tls_, to, static_cast<int>(size));
  return readable(socket_) ? recv(socket_, to, size, 0) : -1;
}

std::string Peer::read_request() {
  std::array<char, 16384> buffer{};
  for (;;) {
    const std::size_t end = unread_.find("\r\n\r\n");
    if (end != std::string::npos) {
      const std::size_t whole = end + 4 + content_length(unread_.substr(0, end));
      if (unread_.size() >= whole) {
        std::string request = unread_.substr(0, whole);
        unread_.erase(0, whole);
        return request;
      }
    }
    const long count = receive(buffer.data(), buffer.size());
    if (count <= 0) return {};
    unread_.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

bool Peer::send(std::string_view bytes) {
  if (tls_ != nullptr) return SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size())) > 0;
  while (!bytes.empty()) {
    const long count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool Peer::answer(std::string_view body, std::string_view status, std::string_view type) {
  return send("HTTP/1.1 " + std::string(status) + "\r\nContent-Type: " + std::string(type) +
              "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body));
}

void Peer::relay_to(int port) {
  const int other = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bool open = connect(other, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  while (open) {
    std::array<pollfd, 2> both{pollfd{socket_, POLLIN, 0}, pollfd{other, POLLIN, 0}};
    open = poll(both.data(), both.size(), kPatienceMs) > 0;
    if (open && both[0].revents != 0) open = move_bytes(socket_, other);
    if (open && both[1].revents != 0) open = move_bytes(other, socket_);
  }
  close(other);
}

void Peer::wait_closed() {
  std::array<char, 16384> buffer{};
  while (receive(buffer.data(), buffer.size()) > 0) {
  }
}

std::size_t Peer::send_until_stalled(std::string_view bytes, int patience_ms) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    pollfd poller{socket_, POLLOUT, 0};
    if (poll(&poller, 1, patience_ms) != 1) break;
    const long count = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count <= 0) break;
    sent += static_cast<std::size_t>(count);
  }
  return sent;
}

ScriptedServer::ScriptedServer(Script script) : script_(std::move(script)) { listen(); }

ScriptedServer::ScriptedServer(Script script, const Identity& identity)
    : script_(std::move(script)), tls_(server_context(identity)) {
  listen();
}

ScriptedServer::~ScriptedServer() {
  shutdown(listener_, SHUT_RDWR);
  accepting_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
  }
  serving_.clear();
  for (const int socket : sockets_) close(socket);
  close(listener_);
}

std::string ScriptedServer::url(std::string_view host) const {
  return (tls_ ? "https://" : "http://") + std::string(host) + ':' + std::to_string(port_);
}

void ScriptedServer::listen() {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, generic, size) != 0 || ::listen(listener_, 64) != 0 ||
      getsockname(listener_, generic, &size) != 0) {
    throw std::runtime_error("no socket to listen on");
  }
  port_ = ntohs(address.sin_port);
  accepting_ = std::jthread([this] { accept_all(); });
}

void ScriptedServer::accept_all() {
  for (;;) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    ++connections_;
    const std::lock_guard lock(mutex_);
    sockets_.push_back(socket);
    serving_.emplace_back([this, socket] { serve(socket); });
  }
}

void ScriptedServer::serve(int socket) {
  SSL* tls = nullptr;
  if (tls_) {
    tls = SSL_new(tls_.get());
    SSL_set_fd(tls, socket);
    if (SSL_accept(tls) != 1) {
      SSL_free(tls);
      shutdown(socket, SHUT_RDWR);
      return;
    }
  }
  {
    Peer peer(socket, tls);
    script_(peer);
  }
  shutdown(socket, SHUT_RDWR);
}

}  // namespace dbssd::test
