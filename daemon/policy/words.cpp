#include "policy/words.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <numeric>
#include <vector>

#include "base/ascii.h"
#include "policy/select.h"

namespace dbssd::policy {
namespace {

constexpr std::size_t kMaxText = 256;
constexpr std::size_t kMaxPath = 4000;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_alphanumeric(char c) { return is_digit(c) || is_letter(c); }
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

template <class Predicate>
bool consists_of(std::string_view text, Predicate predicate) {
  return !text.empty() && std::ranges::all_of(text, predicate);
}

Flawed text_up_to(std::size_t limit, std::string_view text) {
  if (text.empty()) return "must not be empty";
  if (text.size() > limit) return "must be at most " + std::to_string(limit) + " bytes long";
  if (std::ranges::any_of(text, is_control)) return "must not hold control characters or line breaks";
  return std::nullopt;
}

bool is_loopback(std::string_view host) {
  in_addr address{};
  return host == "localhost" ||
         (host.starts_with("127.") && inet_pton(AF_INET, std::string(host).c_str(), &address) == 1);
}

/// Of host[:port] with or without a slash at its end.
Flawed flaw_of_host(std::string_view text, const char* example) {
  if (text.ends_with('/')) text.remove_suffix(1);
  if (text.find_first_of("/?#") != std::string_view::npos)
    return "must end after the host or port: no path, no query";
  if (text.starts_with('[')) return "must name the host, not an IPv6 address";
  const std::size_t colon = text.find(':');
  const std::string_view host = text.substr(0, colon);
  if (!consists_of(host, [](char c) { return is_alphanumeric(c) || c == '-' || c == '.'; }) ||
      host.size() > 253) {
    return std::string("must name a host, as in ") + example;
  }
  if (colon != std::string_view::npos) {
    const auto port = parse_integer(text.substr(colon + 1));
    if (!port || *port < 1 || *port > 65535) return "must have a port between 1 and 65535";
  }
  return std::nullopt;
}

/// Insertions, deletions, replacements and swaps of neighbours that lead from a to b.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::optional<Seconds> parse_duration(std::string_view text) {
  constexpr std::array<std::pair<char, long>, 4> kUnits{{{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}}};
  if (text.empty()) return std::nullopt;
  Seconds total{};
  auto unit = kUnits.begin();
  while (!text.empty()) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0 || digits > 9 || digits == text.size()) return std::nullopt;
    long count = 0;
    std::from_chars(text.data(), text.data() + digits, count);
    unit = std::find_if(unit, kUnits.end(), [&](const auto& u) { return u.first == text[digits]; });
    if (unit == kUnits.end()) return std::nullopt;
    total += Seconds{count * unit->second};
    ++unit;
    text.remove_prefix(digits + 1);
  }
  return total;
}

std::optional<int> parse_integer(std::string_view text) {
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (!consists_of(digits, is_digit) || (digits.front() == '0' && text.size() > 1)) return std::nullopt;
  int value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc{}) value = text.starts_with('-') ? INT_MIN : INT_MAX;
  return value;
}

Flawed any_text(std::string_view text) { return text_up_to(kMaxText, text); }

Flawed rule_name(std::string_view text) {
  const auto allowed = [](char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; };
  if (!consists_of(text, allowed) || text.size() > 64 || !is_alphanumeric(text.front())) {
    return "must be 1 to 64 letters, digits, '-', '_' or '.', and start with a letter or digit";
  }
  return std::nullopt;
}

Flawed region_name(std::string_view text) {
  const auto allowed = [](char c) { return is_digit(c) || is_lower(c) || c == '-'; };
  if (!consists_of(text, allowed) || text.size() > 63 || text.front() == '-' || text.back() == '-') {
    return "must be the name of a region, as in ap-southeast-3";
  }
  return std::nullopt;
}

Flawed cloud_id(std::string_view text) {
  if (!consists_of(text, [](char c) { return is_alphanumeric(c) || c == '-' || c == '_'; }) ||
      text.size() > 64) {
    return "must be an id: 1 to 64 letters, digits, '-' or '_'";
  }
  return std::nullopt;
}

Flawed project_id(std::string_view text) {
  if (cloud_id(text) || text.size() < 32) return "must be a project id: 32 to 64 letters, digits, '-' or '_'";
  return std::nullopt;
}

Flawed glob(std::string_view text) {
  if (const Flawed flaw = any_text(text)) return flaw;
  if (!glob_is_valid(text)) return "is no pattern: a '[' is not closed, or it ends with '\\'";
  return std::nullopt;
}

Flawed absolute_path(std::string_view text) {
  if (const Flawed flaw = text_up_to(kMaxPath, text)) return flaw;
  if (!text.starts_with('/')) return "must be an absolute path";
  return std::nullopt;
}

Flawed endpoint(std::string_view text) {
  const bool tls = text.starts_with("https://");
  if (!tls && !text.starts_with("http://")) return "must start with https://";
  text.remove_prefix(tls ? 8 : 7);
  if (text.find('@') != std::string_view::npos)
    return "must not hold a user or password: they belong into `auth`";
  if (const Flawed flaw = flaw_of_host(text, "https://dbss.ap-southeast-3.myhuaweicloud.com")) return flaw;
  if (!tls && !is_loopback(text.substr(0, text.find_first_of(":/"))))
    return "must start with https://: plain http goes only to loopback";
  return std::nullopt;
}

Flawed proxy_url(std::string_view text) {
  if (text == "none") return std::nullopt;
  if (text.find('@') != std::string_view::npos)
    return "must not hold a user or password: give them as `user` and `password`";
  constexpr std::string_view kScheme = "http://";
  if (!text.starts_with(kScheme)) return "must be none, or start with http://";
  return flaw_of_host(text.substr(kScheme.size()), "http://proxy.example:3128");
}

std::span<const std::string_view> known_regions() {
  static constexpr std::array<std::string_view, 31> kRegions{
      "cn-north-1",     "cn-north-2",     "cn-north-4",     "cn-north-9",       "cn-north-11",
      "cn-north-12",    "cn-east-2",      "cn-east-3",      "cn-east-4",        "cn-east-5",
      "cn-south-1",     "cn-south-2",     "cn-south-4",     "cn-southwest-2",   "cn-southwest-3",
      "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4",   "ap-southeast-5",
      "af-south-1",     "af-north-1",     "sa-brazil-1",    "la-north-2",       "la-south-2",
      "me-east-1",      "eu-west-101",    "tr-west-1",      "my-kualalumpur-1", "ru-northwest-2",
      "ru-moscow-1"};
  return kRegions;
}

std::string_view domain_of(std::string_view region) {
  return region == "eu-west-101" ? "myhuaweicloud.eu" : "myhuaweicloud.com";
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kShown = 60;
  const bool cut = text.size() > kShown;
  if (cut) {
    std::size_t end = kShown;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text = text.substr(0, end);
  }
  std::string result = "'";
  std::ranges::replace_copy_if(text, std::back_inserter(result), is_control, '?');
  return result + (cut ? "…'" : "'");
}

std::string enumerated(std::span<const std::string_view> words, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0 && i + 1 == words.size()) {
      text.append(" ").append(last).append(" ");
    } else if (i > 0) {
      text += ", ";
    }
    text += words[i];
  }
  return text;
}

std::string not_among(std::string_view text, std::span<const std::string_view> words,
                      std::string_view besides) {
  std::vector<std::string_view> all(words.begin(), words.end());
  if (!besides.empty()) all.push_back(besides);
  return "must be " + enumerated(all) + did_you_mean(text, words);
}

std::string did_you_mean(std::string_view text, std::span<const std::string_view> words) {
  constexpr std::size_t kLongest = 64;
  if (text.size() > kLongest) return {};
  std::size_t least = text.size() / 3 + 1;
  std::string_view best;
  for (const std::string_view word : words) {
    // "warn" for "warning" is no slip of the hand, but as plain.
    const bool is_begun = text.size() > 2 && word.starts_with(text);
    const std::size_t distance = is_begun ? 0 : edit_distance(text, word);
    if (distance < std::min(least, word.size())) {
      least = distance;
      best = word;
    }
  }
  return best.empty() ? std::string() : ", did you mean " + in_quotes(best) + "?";
}

}  // namespace dbssd::policy
