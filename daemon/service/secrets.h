// Where secrets come from on this host.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/expected.h"
#include "base/secret.h"
#include "policy/project.h"

namespace dbssd::service {

/// Larger than any key, password or token that the cloud issues.
inline constexpr std::size_t kMaxSecretBytes = 64 * 1024;

/// Reads the secret afresh: a credential from $CREDENTIALS_DIRECTORY, a file by its absolute path, or an
/// environment variable. One line break at the end is not part of it. Refused, each with its remedy: what is
/// absent, empty, too large, holds control characters (so also a second line), is no regular file, or is a
/// `file` that any user of the host can read or that any but its owner can write. An error names the source,
/// never its content.
[[nodiscard]] Expected<Secret> read_secret(const policy::SecretSource& source);

/// Another number once the file behind the secret has changed, as far as that shows from outside: by its
/// times, its size, or another file in its place. Always the same for an environment variable, which cannot
/// change.
[[nodiscard]] std::uint64_t version_of(const policy::SecretSource& source);
[[nodiscard]] std::uint64_t version_of_file(const std::string& path);

/// True where systemd handed credentials over: elsewhere none can be read.
[[nodiscard]] bool has_credentials();

/// "credential iam-password", "file /etc/dbssd/password", "environment variable DBSS_PASSWORD"
[[nodiscard]] std::string describe(const policy::SecretSource& source);

}  // namespace dbssd::service
