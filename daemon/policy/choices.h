// The words that a policy has for the values of a fixed list: read and written from the same tables.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/policy.h"

namespace dbssd::policy {

template <class E, std::size_t N>
using Choices = std::array<std::pair<std::string_view, E>, N>;

enum class AuthMethod { password, aksk, token, ecs_agency };  ///< in the order of Auth's alternatives

inline constexpr Choices<AuthMethod, 4> kAuthMethods{{{"password", AuthMethod::password},
                                                      {"aksk", AuthMethod::aksk},
                                                      {"token", AuthMethod::token},
                                                      {"ecs_agency", AuthMethod::ecs_agency}}};
inline constexpr Choices<std::optional<cloud::PathStyle>, 2> kPathStyles{
    {{"current", cloud::PathStyle::current}, {"legacy", cloud::PathStyle::legacy}}};
inline constexpr Choices<SecretSource::Kind, 3> kSecretSources{
    {{"credential", SecretSource::Kind::credential},
     {"file", SecretSource::Kind::file},
     {"env", SecretSource::Kind::env}}};
inline constexpr Choices<TemplateRef::By, 3> kTemplateRefs{
    {{"id", TemplateRef::By::id}, {"type", TemplateRef::By::type}, {"name", TemplateRef::By::name}}};
/// Kind::last is written as {last: DURATION}.
inline constexpr Choices<schedule::WindowRule::Kind, 4> kWindows{
    {{"previous_day", schedule::WindowRule::Kind::previous_day},
     {"previous_week", schedule::WindowRule::Kind::previous_week},
     {"previous_month", schedule::WindowRule::Kind::previous_month},
     {"since_previous", schedule::WindowRule::Kind::since_previous}}};
inline constexpr Choices<schedule::MissedPolicy, 4> kMissedPolicies{
    {{"latest", schedule::MissedPolicy::latest},
     {"all", schedule::MissedPolicy::all},
     {"merge", schedule::MissedPolicy::merge},
     {"skip", schedule::MissedPolicy::skip}}};
inline constexpr Choices<WhenInactive, 2> kWhenInactive{
    {{"wait", WhenInactive::wait}, {"skip", WhenInactive::skip}}};
inline constexpr Choices<OnUnknown, 2> kOnUnknown{
    {{"retry", OnUnknown::retry}, {"accept", OnUnknown::accept}}};
inline constexpr Choices<cloud::BusiType, 2> kBusiTypes{
    {{"audit", cloud::BusiType::audit}, {"risk", cloud::BusiType::risk}}};
inline constexpr Choices<std::optional<cloud::BusiType>, 3> kAfterSummary{
    {{"none", std::nullopt}, {"audit", cloud::BusiType::audit}, {"risk", cloud::BusiType::risk}}};
inline constexpr Choices<std::string_view, 2> kLocales{{{"en-us", "en-us"}, {"zh-cn", "zh-cn"}}};
inline constexpr Choices<Log::Format, 3> kLogFormats{
    {{"json", Log::Format::json}, {"text", Log::Format::text}, {"journald", Log::Format::journald}}};
inline constexpr Choices<Log::Level, 4> kLogLevels{{{"debug", Log::Level::debug},
                                                    {"info", Log::Level::info},
                                                    {"warning", Log::Level::warning},
                                                    {"error", Log::Level::error}}};

template <class E, std::size_t N>
[[nodiscard]] std::vector<std::string_view> words_of(const Choices<E, N>& choices) {
  std::vector<std::string_view> words;
  for (const auto& [word, meaning] : choices) words.push_back(word);
  return words;
}

/// The word of a meaning; empty for one that has none.
template <class E, std::size_t N>
[[nodiscard]] constexpr std::string_view word_for(const E& meaning, const Choices<E, N>& choices) {
  for (const auto& [word, known] : choices) {
    if (known == meaning) return word;
  }
  return {};
}

}  // namespace dbssd::policy
