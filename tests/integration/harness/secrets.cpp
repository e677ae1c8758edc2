#include "integration/harness/secrets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <vector>

#include "integration/harness/child.h"

namespace integration {
namespace {

template <class Escape>
std::string escaped(const std::string& secret, Escape escape) {
  std::string all;
  for (const char c : secret) all += escape(c);
  return all;
}

std::string percent(char c) {
  if (std::isalnum(static_cast<unsigned char>(c)) != 0 ||
      std::string_view("-._~").find(c) != std::string::npos)
    return {c};
  std::array<char, 4> code{};
  std::snprintf(code.data(), code.size(), "%%%02X", static_cast<unsigned char>(c));
  return code.data();
}

std::string html(char c) {
  return c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '"' ? "&quot;" : std::string{c};
}

std::string json_string(char c) {
  return c == '/' || c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
}

// What of it any base64 holds that it is somewhere in: where its first bit comes `skipped` bits before the
// end of a digit.
std::string base64(const std::string& secret, std::size_t skipped, std::string_view last_two) {
  const std::string digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + std::string(last_two);
  const auto bit = [&](std::size_t at) {
    return (static_cast<unsigned char>(secret[at / 8]) >> (7 - at % 8)) & 1U;
  };
  std::string all;
  for (std::size_t at = skipped; at + 6 <= 8 * secret.size(); at += 6) {
    unsigned digit = 0;
    for (std::size_t i = 0; i < 6; ++i) digit = 2 * digit + bit(at + i);
    all += digits[digit];
  }
  return all;
}

std::vector<std::string> forms_of(const std::string& secret) {
  std::vector<std::string> forms{secret, escaped(secret, percent), escaped(secret, html),
                                 escaped(secret, json_string)};
  for (const std::size_t skipped : {0U, 2U, 4U})
    for (const std::string_view last_two : {"+/", "-_"}) forms.push_back(base64(secret, skipped, last_two));
  std::sort(forms.begin(), forms.end());
  forms.erase(std::unique(forms.begin(), forms.end()), forms.end());
  return forms;
}

}  // namespace

std::set<std::string> secrets_in(const std::map<std::string, std::string>& environment) {
  std::set<std::string> found;
  for (const auto& [name, value] : environment) {
    if (name.starts_with("DBSSD_TEST_") && !name.ends_with("_AK")) found.insert(value);
    const std::size_t end = value.find('@');
    if (name == "HTTPS_PROXY" && end != std::string::npos) {
      const std::size_t begin = value.rfind(':', end) + 1;
      found.insert(value.substr(begin, end - begin));
    }
  }
  found.erase("");
  return found;
}

bool shows(const std::string& text, const std::string& secret) {
  constexpr std::size_t kEnough = 48;  // of a token, which has kilobytes and may be cut
  const auto forms = forms_of(secret.substr(0, kEnough));
  return std::any_of(forms.begin(), forms.end(), [&text](const std::string& form) {
    return ::memmem(text.data(), text.size(), form.data(), form.size()) != nullptr;
  });
}

void expect_none_shown(const std::string& directory, const std::set<std::string>& secrets) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    const std::string text = read_file(entry.path().string());
    if (secrets.contains(text.substr(0, text.find_last_not_of('\n') + 1))) continue;
    for (const std::string& secret : secrets)
      EXPECT_FALSE(shows(text, secret)) << entry.path() << " shows the secret " << secret.substr(0, 80);
  }
}

}  // namespace integration
