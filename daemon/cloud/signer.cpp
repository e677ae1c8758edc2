#include "cloud/signer.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/hex.h"
#include "cloud/url.h"

namespace dbssd::cloud {
namespace {

constexpr std::string_view kAlgorithm = "SDK-HMAC-SHA256";
using Digest = std::array<unsigned char, 32>;

std::string sha256(std::string_view text) {
  Digest digest{};
  EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  return to_hex(digest);
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

std::string signed_names(const std::vector<std::pair<std::string, std::string>>& headers) {
  std::string names;
  for (const auto& [name, value] : headers) names += (names.empty() ? "" : ";") + name;
  return names;
}

}  // namespace

std::string format_sdk_date(Instant t) {
  std::string text = format_utc(t);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

std::string canonical_request(const Request& request,
                              const std::vector<std::pair<std::string, std::string>>& headers) {
  auto query = request.query;
  std::ranges::sort(query);
  std::string path = encoded_path(request.path);
  if (!path.ends_with('/')) path += '/';
  std::string text{to_string(request.method)};
  text += '\n' + path + '\n' + encoded_query(query) + '\n';
  for (const auto& [name, value] : headers) text += name + ':' + std::string(trimmed(value)) + '\n';
  return text + '\n' + signed_names(headers) + '\n' + sha256(request.body);
}

std::string signature(const std::string& canonical, const std::string& sdk_date, const Secret& secret_key) {
  const std::string text = std::string(kAlgorithm) + '\n' + sdk_date + '\n' + sha256(canonical);
  const std::string_view key = secret_key.reveal();
  Digest digest{};
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), nullptr);
  return to_hex(digest);
}

void sign(Request& request, const SigningKeys& keys, Instant date) {
  const std::string sdk_date = format_sdk_date(date);
  request.headers.emplace_back("X-Sdk-Date", sdk_date);
  if (keys.security_token) request.headers.emplace_back("X-Security-Token", keys.security_token->reveal());

  std::vector<std::pair<std::string, std::string>> headers;
  if (const auto origin = parse_origin(request.origin)) headers.emplace_back("host", origin->authority);
  for (const auto& [name, value] : request.headers) headers.emplace_back(to_lower(name), value);
  std::ranges::sort(headers);
  request.headers.emplace_back("Authorization",
                               std::string(kAlgorithm) + " Access=" + std::string(keys.access_key.reveal()) +
                                   ", SignedHeaders=" + signed_names(headers) + ", Signature=" +
                                   signature(canonical_request(request, headers), sdk_date, keys.secret_key));
}

}  // namespace dbssd::cloud
