#include "cloud/cpprest_line.h"

#include <openssl/ssl.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "cloud/cpprest_exchange.h"

namespace dbssd::cloud {
namespace {

namespace http = web::http;
using Socket = boost::asio::ip::tcp::socket;
using TlsStream = boost::asio::ssl::stream<Socket&>;

/// What the library's untyped handle is. For a tunnel it is a socket until TLS has begun in it.
struct Handle {
  Socket* socket;
  SSL* ssl;
};
Handle read_handle(http::client::native_handle handle, bool is_tls) {
  if (!is_tls) return {static_cast<Socket*>(handle), nullptr};
  auto* stream = static_cast<TlsStream*>(handle);
  return {&stream->next_layer(), stream->native_handle()};
}

/// As SSL_set_tlsext_host_name does, which is a macro with a cast of C's.
void name_server(SSL* ssl, std::string name) {
  SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
}

/// The library asks before it sends anything, again where it would send by itself what was not answered.
std::function<void(http::client::native_handle)> gate(std::shared_ptr<Line::Hooks> hooks, bool tls,
                                                      bool tunnel, bool v6, const std::string& server_name,
                                                      Effect effect) {
  return [=, hooks = std::move(hooks)](http::client::native_handle handle) {
    if (!hooks->armed.exchange(false)) throw SentAgain{};
    const bool used = hooks->used.exchange(true);
    const Handle at = read_handle(handle, tls && (!tunnel || used));
    if (used) {
      const auto care = effect == Effect::mutation ? ByteLedger::Care::exact : ByteLedger::Care::unread;
      if (!hooks->ledger->is_clean(at.ssl, care)) throw NotClean{};
      return;
    }
    // The library would open it when it connects, where nobody could see which one it is.
    at.socket->open(v6 ? boost::asio::ip::tcp::v6() : boost::asio::ip::tcp::v4());
    hooks->ledger->open(at.socket->native_handle());
    if (at.ssl != nullptr && !server_name.empty()) name_server(at.ssl, server_name);
  };
}

}  // namespace

std::unique_ptr<Line> make_line(const TransportConfig& config, const Origin& origin, const Way& way,
                                Effect effect) {
  auto line = std::make_unique<Line>();
  line->hooks = std::make_shared<Line::Hooks>();
  line->user_agent = config.user_agent;
  http::client::http_client_config settings;
  settings.set_timeout(config.step_timeout);
  settings.set_max_redirects(0);  // it would follow to any host, with the token
  const std::string scheme = origin.tls ? "https://" : "http://";
  std::string host = origin.host;
  const Proxy* proxy = config.proxy.to(origin);
  if (proxy != nullptr) {
    const std::string& address = way.address.empty() ? proxy->host : way.address;
    web::web_proxy through(web::uri("http://" + address + ':' + proxy->port));
    // For each connection the library takes a copy of the password that it never frees.
    if (!proxy->user.empty())
      through.set_credentials(web::credentials(proxy->user, std::string(proxy->password.reveal())));
    settings.set_proxy(through);
  } else {
    if (!way.address.empty()) host = way.address;
    // It would ask for the server by what the Host header says, with the port.
    settings.set_tlsext_sni_enabled(false);
  }
  const bool by_name = host == origin.host;
  if (!by_name) line->host_header = origin.authority;
  settings.set_nativehandle_options(gate(line->hooks, origin.tls, proxy != nullptr, way.v6,
                                         way.address == origin.host ? "" : origin.host, effect));
  settings.set_ssl_context_callback([host = origin.host, ca_file = config.ca_file,
                                     hooks = line->hooks](boost::asio::ssl::context& context) {
    const auto ready = require_verified_peer(context.native_handle(), host, ca_file, hooks->verdict);
    if (!ready) throw std::runtime_error(ready.error().message);
    hooks->ledger->seal(context.native_handle());
  });
  const std::string url = by_name ? origin.authority : host + ':' + origin.port;
  line->client = std::make_unique<http::client::http_client>(web::uri(scheme + url), settings);
  return line;
}

}  // namespace dbssd::cloud
