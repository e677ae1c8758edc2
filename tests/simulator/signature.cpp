#include "simulator/signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

namespace dbss_sim {
namespace {

constexpr std::string_view kAlgorithm = "SDK-HMAC-SHA256";

std::string hex(const unsigned char* bytes, std::size_t count) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    out += kDigits[bytes[i] >> 4];
    out += kDigits[bytes[i] & 15];
  }
  return out;
}

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return hex(digest.data(), size);
}

std::string hmac_sha256_hex(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  return hex(digest.data(), size);
}

std::string encoded(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (letter || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~') {
      out += c;
    } else {
      out += '%';
      out += kDigits[static_cast<unsigned char>(c) >> 4];
      out += kDigits[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

std::optional<std::string> canonical_path(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), segment.size() + 1));
    const auto plain = percent_decoded(segment);
    if (!plain) return std::nullopt;
    out.append(encoded(*plain)).append("/");
  }
  return out.empty() ? "/" : out;
}

std::string canonical_query(const Query& query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& [name, value] : query.parameters()) pairs.emplace_back(encoded(name), encoded(value));
  std::sort(pairs.begin(), pairs.end());
  std::string out;
  for (const auto& [name, value] : pairs) {
    out.append(out.empty() ? "" : "&").append(name).append("=").append(value);
  }
  return out;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// Takes `name=value` off the front of `rest`, up to a comma.
std::optional<std::string_view> take_part(std::string_view& rest, std::string_view name) {
  rest = trimmed(rest);
  if (rest.substr(0, name.size()) != name || rest.substr(name.size(), 1) != "=") return std::nullopt;
  rest.remove_prefix(name.size() + 1);
  const std::string_view value = rest.substr(0, rest.find(','));
  rest.remove_prefix(std::min(rest.size(), value.size() + 1));
  if (trimmed(value).empty()) return std::nullopt;
  return trimmed(value);
}

}  // namespace

std::optional<Authorization> parse_authorization(std::string_view header) {
  if (header.substr(0, kAlgorithm.size()) != kAlgorithm) return std::nullopt;
  header.remove_prefix(kAlgorithm.size());
  if (header.empty() || header.front() != ' ') return std::nullopt;
  const auto access = take_part(header, "Access");
  const auto names = access ? take_part(header, "SignedHeaders") : std::nullopt;
  const auto signature = names ? take_part(header, "Signature") : std::nullopt;
  if (!signature || !header.empty()) return std::nullopt;
  Authorization found{*access, *signature, {}};
  for (std::string_view rest = *names; !rest.empty();) {
    found.signed_headers.push_back(rest.substr(0, rest.find(';')));
    rest.remove_prefix(std::min(rest.size(), found.signed_headers.back().size() + 1));
  }
  return found;
}

std::optional<std::string> expected_signature(const Request& request,
                                              const std::vector<std::string_view>& signed_headers,
                                              std::string_view secret) {
  const auto path = canonical_path(request.path);
  const auto query = Query::parse(request.query);
  const auto date = request.header("X-Sdk-Date");
  if (!path || !query || !date) return std::nullopt;

  std::vector<std::string> names;
  names.reserve(signed_headers.size());
  for (const std::string_view name : signed_headers) names.push_back(lower_case(name));
  std::sort(names.begin(), names.end());
  std::string headers, joined;
  for (const std::string& name : names) {
    const auto value = request.header(name);
    if (!value) return std::nullopt;
    headers.append(name).append(":").append(trimmed(*value)).append("\n");
    joined.append(joined.empty() ? "" : ";").append(name);
  }
  const std::string canonical = std::string(request.method) + '\n' + *path + '\n' + canonical_query(*query) +
                                '\n' + headers + '\n' + joined + '\n' + sha256_hex(request.body);
  return hmac_sha256_hex(secret,
                         std::string(kAlgorithm) + '\n' + std::string(*date) + '\n' + sha256_hex(canonical));
}

}  // namespace dbss_sim
