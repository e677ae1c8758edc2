#pragma once

#include <map>
#include <set>
#include <string>

namespace integration {

// What the environment of a program under test gives away: each DBSSD_TEST_… but the public half of a key
// pair (…_AK), and the password of the proxy.
std::set<std::string> secrets_in(const std::map<std::string, std::string>& environment);

// Whether a secret, or the beginning of a long one, is in the text: itself, percent-encoded, escaped for HTML
// or JSON, or in base64.
bool shows(const std::string& text, const std::string& secret);

// Fails the test where a file below the directory shows one of the secrets. A file that is nothing but a
// secret is where the test itself put it.
void expect_none_shown(const std::string& directory, const std::set<std::string>& secrets);

}  // namespace integration
