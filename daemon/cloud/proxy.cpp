#include "cloud/proxy.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/hex.h"

namespace dbssd::cloud {
namespace {

/// Nothing for what would break a header.
std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  while (!text.empty()) {
    char c = text.front();
    text.remove_prefix(1);
    if (c == '%') {
      if (text.size() < 2 || hex_value(text[0]) < 0 || hex_value(text[1]) < 0) return std::nullopt;
      c = static_cast<char>(hex_value(text[0]) * 16 + hex_value(text[1]));
      text.remove_prefix(2);
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return std::nullopt;
    decoded += c;
  }
  return decoded;
}

/// Whether "example.com", ".example.com" or "example.com:443" is meant for this address.
bool covers(std::string_view entry, const Origin& origin) {
  if (entry == "*") return true;
  const std::size_t colon = entry.rfind(':');
  if (colon != std::string_view::npos) {
    if (entry.substr(colon + 1) != origin.port) return false;
    entry = entry.substr(0, colon);
  }
  if (entry.starts_with('.')) entry.remove_prefix(1);
  if (entry.empty()) return false;
  const std::string name = to_lower(entry);
  const std::string host = to_lower(origin.host);
  return host == name || (host.ends_with(name) && host[host.size() - name.size() - 1] == '.');
}

std::string variable(const Environment& environment, const char* lower, const char* upper,
                     std::string& found) {
  for (const char* name : {lower, upper}) {
    const char* value = environment(name);
    if (value == nullptr || *value == '\0') continue;
    found = name;
    return value;
  }
  return {};
}

}  // namespace

Expected<Proxy> parse_proxy(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  const auto wrong = [](const char* why) { return fail(ErrorKind::internal, why); };
  if (to_lower(url.substr(0, kScheme.size())) == kScheme) {
    url.remove_prefix(kScheme.size());
  } else if (url.find("://") != std::string_view::npos) {
    return wrong("must start with http://");
  }
  if (url.ends_with('/')) url.remove_suffix(1);
  Proxy proxy;
  if (const std::size_t at = url.rfind('@'); at != std::string_view::npos) {
    const std::string_view login = url.substr(0, at);
    url.remove_prefix(at + 1);
    const std::size_t colon = std::min(login.find(':'), login.size());
    auto user = percent_decoded(login.substr(0, colon));
    auto password = percent_decoded(login.substr(std::min(colon + 1, login.size())));
    // A colon in the name would end it: that is how the two are sent.
    if (!user || !password || user->empty() || user->find(':') != std::string::npos)
      return wrong("has a user or password that cannot be sent");
    proxy.user = *std::move(user);
    proxy.password = Secret(*std::move(password));
  }
  const std::optional<Origin> origin = parse_origin(std::string(kScheme).append(url));
  if (!origin) return wrong("must name a host, as in http://proxy.example:3128");
  proxy.host = origin->host;
  proxy.port = origin->port;
  return proxy;
}

const Proxy* ProxyRules::to(const Origin& origin) const {
  if (!proxy || !origin.tls) return nullptr;
  constexpr std::string_view kBetween = ", \t";
  std::string_view rest = direct;
  for (;;) {
    rest.remove_prefix(std::min(rest.find_first_not_of(kBetween), rest.size()));
    if (rest.empty()) return &*proxy;
    const std::size_t end = std::min(rest.find_first_of(kBetween), rest.size());
    if (covers(rest.substr(0, end), origin)) return nullptr;
    rest.remove_prefix(end);
  }
}

Expected<ProxyRules> proxy_of(const Environment& environment) {
  ProxyRules rules;
  std::string name;
  const std::string url = variable(environment, "https_proxy", "HTTPS_PROXY", name);
  if (url.empty()) return rules;
  auto proxy = parse_proxy(url);
  if (!proxy) return fail(ErrorKind::internal, "the environment's " + name + ' ' + proxy.error().message);
  rules.proxy = *std::move(proxy);
  rules.direct = variable(environment, "no_proxy", "NO_PROXY", name);
  return rules;
}

}  // namespace dbssd::cloud
