#include "telemetry/endpoint.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/errno_text.h"
#include "base/loopback.h"

namespace dbssd::telemetry {
namespace {

/// Beyond these the oldest one is cut off. Each is served within milliseconds unless its client is slow.
constexpr std::size_t kMostConnections = 96;
/// What the library refuses to go beyond, while those that were cut off are being cleared away.
constexpr unsigned kHardLimit = 128;
/// Of a connection, for the whole head of its request.
constexpr std::size_t kMostMemory = std::size_t{16} * 1024;
constexpr unsigned kTimeoutSeconds = 10;

constexpr std::pair<const char*, const char*> kHeaders[] = {
    {MHD_HTTP_HEADER_CONNECTION, "close"},
    {MHD_HTTP_HEADER_CACHE_CONTROL, "no-store"},
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
     "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
};

/// A numeric address as the sockets take it.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

SocketAddress socket_address(const std::string& host, std::uint16_t port) {
  SocketAddress address;
  if (host.find(':') == std::string::npos) {
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    inet_pton(AF_INET, host.c_str(), &four.sin_addr);
    std::memcpy(&address.storage, &four, sizeof(four));
    address.size = sizeof(four);
  } else {
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    inet_pton(AF_INET6, host.c_str(), &six.sin6_addr);
    std::memcpy(&address.storage, &six, sizeof(six));
    address.size = sizeof(six);
  }
  return address;
}

tl::unexpected<Error> cannot_listen(const std::string& address, int error) {
  std::string message = "status.listen: cannot listen on " + address + ": " + errno_text(error);
  if (error == EADDRINUSE) message += ": another program has it: give status.listen another port";
  if (error == EADDRNOTAVAIL)
    message += ": this host does not have it: give status.listen an address of this host";
  if (error == EACCES) message += ": give status.listen a port from 1024 on";
  return fail(ErrorKind::internal, std::move(message));
}

Expected<int> listening_socket(const std::string& host, std::uint16_t port) {
  const SocketAddress address = socket_address(host, port);
  const int fd = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return cannot_listen(address_text(host, port), errno);
  const int on = 1;
  // A restart need not wait until the connections of the former process have been forgotten.
  static_cast<void>(::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)));
  if (::bind(fd, address.get(), address.size) != 0 || ::listen(fd, SOMAXCONN) != 0) {
    const int error = errno;
    ::close(fd);
    return cannot_listen(address_text(host, port), error);
  }
  return fd;
}

std::uint16_t port_of(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof(storage);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size);
  in_port_t port = 0;  // at the same place in both families
  static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
  std::memcpy(&port, reinterpret_cast<const char*>(&storage) + offsetof(sockaddr_in, sin_port), sizeof(port));
  return ntohs(port);
}

class Server final : public Endpoint {
 public:
  Server(std::string host, Serve serve)
      : host_(std::move(host)), guarded_(is_loopback_address(host_)), serve_(std::move(serve)) {}

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  ~Server() override {
    if (daemon_ == nullptr) return;
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;  // nobody rests any more: the library does not stop before all are awake
      wake_all();
    }
    MHD_stop_daemon(daemon_);
  }

  Expected<void> listen(std::uint16_t port) {
    const auto fd = listening_socket(host_, port);
    if (!fd) return fail(fd.error());
    port_ = port_of(*fd);
    daemon_ = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, nullptr, nullptr,
                               &Server::on_request, this, MHD_OPTION_LISTEN_SOCKET, *fd,
                               MHD_OPTION_NOTIFY_CONNECTION, &Server::on_connection, this,
                               MHD_OPTION_CONNECTION_LIMIT, kHardLimit, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                               kMostMemory, MHD_OPTION_CONNECTION_TIMEOUT, kTimeoutSeconds, MHD_OPTION_END);
    if (daemon_ != nullptr) return {};
    return fail(ErrorKind::internal, "status.listen: no server can be started on " + address() + ": " +
                                         errno_text(errno) +
                                         ": where threads are short, raise TasksMax= of the unit");
  }

  [[nodiscard]] std::string address() const override { return address_text(host_, port_); }

  void wake() override {
    const std::lock_guard lock(mutex_);
    wake_all();
  }

 private:
  static MHD_Result on_request(void* self, MHD_Connection* connection, const char* url, const char* method,
                               const char* /*version*/, const char* /*upload*/, std::size_t* /*upload_size*/,
                               void** /*request*/) {
    // The library's thread is one too that must let nothing out: what cannot be answered is cut off.
    try {
      return static_cast<Server*>(self)->answer(connection, url, method);
    } catch (const std::exception&) {
      return MHD_NO;
    }
  }

  static void on_connection(void* self, MHD_Connection* connection, void** number,
                            MHD_ConnectionNotificationCode code) {
    auto& server = *static_cast<Server*>(self);
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
      try {
        *number = reinterpret_cast<void*>(server.admit(connection));
      } catch (const std::exception&) {
        *number = nullptr;  // one that is not counted, and ends by its time-out
      }
    } else {
      server.connections_.erase(reinterpret_cast<std::uintptr_t>(*number));
    }
  }

  std::uintptr_t admit(MHD_Connection* connection) {
    if (connections_.size() >= kMostConnections) {
      // The library sees the end of it, and lets go.
      ::shutdown(connections_.begin()->second, SHUT_RDWR);
      connections_.erase(connections_.begin());
    }
    const auto* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    connections_.emplace(++admitted_, info->connect_fd);
    return admitted_;
  }

  /// Called as soon as the head of a request is there: a body is never read.
  MHD_Result answer(MHD_Connection* connection, const char* url, const char* method) {
    if (std::strcmp(method, "GET") != 0 && std::strcmp(method, "HEAD") != 0)
      return send(connection, refusal(MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD are served\n"));
    const char* host = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST);
    if (guarded_ && host != nullptr && is_foreign_name(host))
      return send(connection,
                  refusal(MHD_HTTP_MISDIRECTED_REQUEST, "ask for this host by its address, or localhost\n"));
    const std::lock_guard lock(mutex_);
    std::optional<Response> response = serve_(url);
    if (!response && closing_) response = refusal(MHD_HTTP_SERVICE_UNAVAILABLE, "stopping\n");
    if (response) return send(connection, *response);
    MHD_suspend_connection(connection);
    resting_.push_back(connection);
    return MHD_YES;
  }

  static Response refusal(unsigned status, const char* text) {
    return {.status = status, .body = std::make_shared<const std::string>(text)};
  }

  static MHD_Result send(MHD_Connection* connection, const Response& response) {
    // The library reads the body while it sends, and lets go of it afterwards.
    auto* kept = new std::shared_ptr<const std::string>(response.body);
    MHD_Response* message = MHD_create_response_from_buffer_with_free_callback_cls(
        (*kept)->size(), const_cast<char*>((*kept)->data()),
        [](void* body) { delete static_cast<std::shared_ptr<const std::string>*>(body); }, kept);
    if (message == nullptr) {
      delete kept;
      return MHD_NO;
    }
    for (const auto& [name, value] : kHeaders) MHD_add_response_header(message, name, value);
    MHD_add_response_header(message, MHD_HTTP_HEADER_CONTENT_TYPE, std::string(response.type).c_str());
    if (response.status == MHD_HTTP_METHOD_NOT_ALLOWED)
      MHD_add_response_header(message, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    const MHD_Result queued = MHD_queue_response(connection, response.status, message);
    MHD_destroy_response(message);
    return queued;
  }

  void wake_all() {
    for (MHD_Connection* connection : resting_) MHD_resume_connection(connection);
    resting_.clear();
  }

  const std::string host_;
  const bool guarded_;
  const Serve serve_;
  std::uint16_t port_ = 0;
  MHD_Daemon* daemon_ = nullptr;

  // The library's thread alone.
  std::uintptr_t admitted_ = 0;
  std::map<std::uintptr_t, MHD_socket> connections_;  // oldest first

  std::mutex mutex_;
  // Guarded by mutex_.
  std::vector<MHD_Connection*> resting_;
  bool closing_ = false;
};

}  // namespace

std::string address_text(const std::string& host, std::uint16_t port) {
  const bool six = host.find(':') != std::string::npos;
  return (six ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

bool is_foreign_name(std::string_view host) {
  if (host.starts_with('[')) return host.find(']') == std::string_view::npos;
  const std::string name(host.substr(0, host.find(':')));
  in_addr address{};
  return !same_word(name, "localhost") && inet_pton(AF_INET, name.c_str(), &address) != 1;
}

Expected<std::unique_ptr<Endpoint>> Endpoint::open(const std::string& host, std::uint16_t port, Serve serve) {
  auto server = std::make_unique<Server>(host, std::move(serve));
  if (auto listening = server->listen(port); !listening) return fail(std::move(listening.error()));
  return server;
}

}  // namespace dbssd::telemetry
