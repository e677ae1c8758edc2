#include <gtest/gtest.h>

#include "unit/policy/reading.h"

namespace dbssd::policy {
namespace {

using Kind = SecretSource::Kind;

/// The map stands at 3:39.
std::string with_auth(std::string_view auth) {
  return "version: 1\nprojects:\n- {name: p, region: cn-north-1, auth: " + std::string(auth) + "}\n";
}

Auth auth_of(std::string_view auth) { return clean(with_auth(auth)).projects.at(0).auth; }

TEST(Auth, IsReadByEachMethod) {
  EXPECT_EQ(auth_of("{method: password, domain: acme, user: ops, password: {credential: iam-password}}"),
            Auth(PasswordAuth{"acme", "ops", {Kind::credential, "iam-password"}}));
  EXPECT_EQ(auth_of("{method: aksk, access_key: {env: AK}, secret_key: {file: /etc/sk}}"),
            Auth(AkskAuth{{Kind::env, "AK"}, {Kind::file, "/etc/sk"}, std::nullopt}));
  EXPECT_EQ(
      auth_of("{method: aksk, access_key: {env: AK}, secret_key: {env: SK}, security_token: {env: ST}}"),
      Auth(AkskAuth{{Kind::env, "AK"}, {Kind::env, "SK"}, SecretSource{Kind::env, "ST"}}));
  EXPECT_EQ(auth_of("{method: token, token: {env: TOKEN}}"), Auth(TokenAuth{{Kind::env, "TOKEN"}}));
  EXPECT_EQ(auth_of("{method: ecs_agency}"), Auth(EcsAgencyAuth{}));
}

TEST(Auth, NeedsAllThatItsMethodUsesAndNothingElse) {
  const auto at = [](int column, std::string_view key, std::string_view message) {
    return "3:" + std::to_string(column) + ": error: projects[0].auth." + std::string(key) + ": " +
           std::string(message);
  };
  constexpr std::string_view kRequired = "is required by this method";
  constexpr std::string_view kUnused = "is not used by this method: remove it";
  expect_findings({
      {"no method", with_auth("{}"), {at(39, "method", "is required")}},
      {"an unknown method",
       with_auth("{method: pasword}"),
       {at(48, "method", "must be password, aksk, token or ecs_agency, did you mean 'password'?")}},
      {"password alone",
       with_auth("{method: password}"),
       {at(39, "domain", kRequired), at(39, "user", kRequired), at(39, "password", kRequired)}},
      {"aksk alone",
       with_auth("{method: aksk}"),
       {at(39, "access_key", kRequired), at(39, "secret_key", kRequired)}},
      {"token alone", with_auth("{method: token}"), {at(39, "token", kRequired)}},
      {"agency with a token", with_auth("{method: ecs_agency, token: {env: T}}"), {at(67, "token", kUnused)}},
      {"token with keys",
       with_auth("{method: token, token: {env: T}, security_token: {env: S}}"),
       {at(88, "security_token", kUnused)}},
      {"not a map",
       with_auth("password"),
       {"3:39: error: projects[0].auth: must be a map of keys, not text"}},
  });
}

TEST(Auth, OfAnUnknownMethodIsCheckedAllTheSame) {
  expect_findings({{"",
                    with_auth("{method: x, user: '', token: secret}"),
                    {"3:48: error: projects[0].auth.method: must be password, aksk, token or ecs_agency",
                     "3:57: error: projects[0].auth.user: must not be empty",
                     "3:68: error: projects[0].auth.token: secrets are never written into the policy: give "
                     "{credential: NAME}, {file: PATH} or {env: NAME}"}}});
}

TEST(Secret, IsNeverWrittenDown) {
  for (const std::string_view literal :
       {"hunter2", "'hunter2'", "\"hunter2\"", "12345", "|\n      hunter2\n"}) {
    const auto found =
        lines_of("version: 1\nprojects:\n- name: p\n  region: cn-north-1\n  auth:\n    method: token\n" +
                 ("    token: " + std::string(literal)) + "\n");
    EXPECT_THAT(
        found, testing::ElementsAre("7:12: error: projects[0].auth.token: secrets are never written into the "
                                    "policy: give {credential: NAME}, {file: PATH} or {env: NAME}"))
        << literal;
  }
}

TEST(Secret, ComesFromExactlyOneSource) {
  const auto token = [](std::string_view source) {
    return with_auth("{method: token, token: " + std::string(source) + "}");
  };
  const std::string path = "error: projects[0].auth.token";
  expect_findings({
      {"none", token("{}"), {"3:62: " + path + ": must have one of the keys credential, file or env"}},
      {"two",
       token("{file: /a, env: B}"),
       {"3:78: " + path + ".env: only one of credential, file or env can be given"}},
      {"an unknown one",
       token("{vault: a}"),
       {"3:62: " + path + ": must have one of the keys credential, file or env",
        "3:63: " + path + ": unknown key; the keys here are credential, file and env"}},
      {"a slip",
       token("{fil: /a}"),
       {"3:62: " + path + ": must have one of the keys credential, file or env",
        "3:63: " + path + ": unknown key, did you mean 'file'?"}},
      {"a relative file", token("{file: a}"), {"3:69: " + path + ".file: must be an absolute path"}},
      {"no variable",
       token("{env: 1A}"),
       {"3:68: " + path + ".env: must be the name of an environment variable"}},
      {"no variable either",
       token("{env: A-B}"),
       {"3:68: " + path + ".env: must be the name of an environment variable"}},
      {"a path as a credential",
       token("{credential: ../a}"),
       {"3:75: " + path + ".credential: must be the name of a systemd credential, as in LoadCredential="}},
      {"nothing", token("{env: }"), {"3:63: " + path + ".env: is empty: give text, or leave it out"}},
      {"a list", token("[a]"), {"3:62: " + path + ": must be a map of keys, not a list"}},
  });
}

TEST(Secret, IsTriedWhereTheCallerCan) {
  std::vector<SecretSource> asked;
  const auto source = [&](const SecretSource& secret) -> Expected<Secret> {
    asked.push_back(secret);
    if (secret.kind == Kind::file) return fail(ErrorKind::internal, "file /nope: No such file or directory");
    return Secret("hunter2");
  };
  const ReadResult result =
      read(with_auth("{method: aksk, access_key: {env: AK}, secret_key: {file: /nope}}"), source);
  EXPECT_THAT(lines(result),
              testing::ElementsAre("3:96: error: projects[0].auth.secret_key.file: file /nope: No such "
                                   "file or directory"));
  EXPECT_THAT(asked, testing::ElementsAre(SecretSource{Kind::env, "AK"}, SecretSource{Kind::file, "/nope"}));
}

TEST(Secret, OfADoubtfulNameIsNotTried) {
  const auto never = [](const SecretSource&) -> Expected<Secret> {
    ADD_FAILURE();
    return Secret();
  };
  EXPECT_EQ(read(with_auth("{method: token, token: {file: ../x}}"), never).findings.size(), 1U);
}

TEST(Secret, WrittenDownByMistakeIsNeverEchoed) {
  const std::vector<std::string> mistakes = {
      "{method: token, token: Hunter2}",
      "{method: token, token: {env: \"Hunter2!\"}}",
      "{method: token, token: {credential: \"Hunter2/\"}}",
      "{method: token, token: {file: Hunter2}}",
      "{method: token, token: {value: Hunter2}}",
      "{method: token, token: [Hunter2]}",
      "{method: token, token: {Hunter2}}",
      "{method: token, token: {Hunter2: Hunter2, Hunter2: x}}",
      "{method: password, domain: a, user: b, passwd: Hunter2}",
      "{method: aksk, access_key: Hunter2, secret_key: {env: \"Hunter2 \", file: Hunter2}}",
  };
  for (const std::string& auth : mistakes) {
    const ReadResult result = read(with_auth(auth));
    EXPECT_EQ(result.policy, nullptr) << auth;
    for (const std::string& line : lines(result)) EXPECT_EQ(line.find("Hunter2"), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace dbssd::policy
