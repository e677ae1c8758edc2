#include "service/secrets.h"

#include <fcntl.h>
#include <string.h>  // explicit_bzero
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <optional>

#include "base/errno_text.h"
#include "base/hash.h"

namespace dbssd::service {
namespace {

using policy::SecretSource;

/// The reason why `text` cannot be a secret, as the end of a sentence.
std::optional<std::string> flaw_of(std::string_view text) {
  if (text.empty()) return "is empty";
  if (text.size() > kMaxSecretBytes)
    return "is larger than " + std::to_string(kMaxSecretBytes) + " bytes: is it the right one?";
  const auto bad = std::find_if(text.begin(), text.end(),
                                [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (bad == text.end()) return std::nullopt;
  return "holds a control character at byte " + std::to_string(bad - text.begin() + 1) +
         ": it has to be one line of text";
}

std::string_view without_line_break(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

/// A buffer that leaves no copy behind: it never grows, and is overwritten when it goes.
struct Buffer {
  std::string bytes = std::string(kMaxSecretBytes + 2, '\0');
  ~Buffer() { explicit_bzero(bytes.data(), bytes.size()); }
};

struct Descriptor {
  int fd = -1;
  ~Descriptor() {
    if (fd >= 0) close(fd);
  }
};

std::optional<std::string> flaw_of_mode(const struct stat& status) {
  if ((status.st_mode & S_IROTH) != 0) return "can be read by every user of this host: chmod o-r it";
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return "can be written by others than its owner: chmod go-w it";
  return std::nullopt;
}

Expected<Secret> read_file(const std::string& path, const std::string& what, bool check_mode) {
  // O_NONBLOCK: opening a FIFO must not wait for its writer.
  const Descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)};
  if (file.fd < 0) return fail(ErrorKind::internal, what + " cannot be read: " + errno_text(errno));
  struct stat status {};
  if (fstat(file.fd, &status) != 0)
    return fail(ErrorKind::internal, what + " cannot be read: " + errno_text(errno));
  if (!S_ISREG(status.st_mode)) return fail(ErrorKind::malformed, what + " is not a regular file");
  if (check_mode) {
    if (const auto flaw = flaw_of_mode(status)) return fail(ErrorKind::malformed, what + " " + *flaw);
  }

  Buffer buffer;
  std::size_t size = 0;
  while (size < buffer.bytes.size()) {
    const ssize_t got = read(file.fd, buffer.bytes.data() + size, buffer.bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(ErrorKind::internal, what + " cannot be read: " + errno_text(errno));
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  const std::string_view text = without_line_break(std::string_view(buffer.bytes).substr(0, size));
  if (const auto flaw = flaw_of(text)) return fail(ErrorKind::malformed, what + " " + *flaw);
  return Secret(std::string(text));
}

/// Null where there is none.
const char* credentials_directory() {
  const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
  return directory == nullptr || *directory == '\0' ? nullptr : directory;
}

Expected<Secret> read_credential(const SecretSource& source, const std::string& what) {
  if (source.name.empty() || source.name == "." || source.name == ".." ||
      source.name.find('/') != std::string::npos) {
    return fail(ErrorKind::malformed, what + ": a credential's name is a file name, without a directory");
  }
  const char* directory = credentials_directory();
  if (directory == nullptr) {
    return fail(
        ErrorKind::internal,
        what + ": $CREDENTIALS_DIRECTORY is not set; the unit needs LoadCredential=" + source.name + ":PATH");
  }
  return read_file(std::string(directory) + "/" + source.name, what, /*check_mode=*/false);
}

Expected<Secret> read_environment(const SecretSource& source, const std::string& what) {
  const char* value = std::getenv(source.name.c_str());
  if (value == nullptr) return fail(ErrorKind::internal, what + " is not set");
  const std::string_view text = without_line_break(value);
  if (const auto flaw = flaw_of(text)) return fail(ErrorKind::malformed, what + " " + *flaw);
  return Secret(std::string(text));
}

}  // namespace

std::string describe(const SecretSource& source) {
  switch (source.kind) {
    case SecretSource::Kind::credential:
      return "credential " + source.name;
    case SecretSource::Kind::file:
      return "file " + source.name;
    case SecretSource::Kind::env:
      return "environment variable " + source.name;
  }
  return source.name;
}

std::uint64_t version_of_file(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return 0;
  std::string text;
  for (const auto part : {static_cast<std::int64_t>(status.st_dev), static_cast<std::int64_t>(status.st_ino),
                          static_cast<std::int64_t>(status.st_size), std::int64_t{status.st_mode},
                          std::int64_t{status.st_mtim.tv_sec}, std::int64_t{status.st_mtim.tv_nsec},
                          std::int64_t{status.st_ctim.tv_sec}, std::int64_t{status.st_ctim.tv_nsec}})
    text += std::to_string(part) + ' ';
  return stable_hash({text});
}

std::uint64_t version_of(const SecretSource& source) {
  switch (source.kind) {
    case SecretSource::Kind::env:
      return 0;
    case SecretSource::Kind::file:
      return version_of_file(source.name);
    case SecretSource::Kind::credential:
      break;
  }
  const char* directory = credentials_directory();
  return directory == nullptr ? 0 : version_of_file(std::string(directory) + "/" + source.name);
}

bool has_credentials() { return credentials_directory() != nullptr; }

Expected<Secret> read_secret(const SecretSource& source) {
  const std::string what = describe(source);
  switch (source.kind) {
    case SecretSource::Kind::credential:
      return read_credential(source, what);
    case SecretSource::Kind::env:
      return read_environment(source, what);
    case SecretSource::Kind::file:
      break;
  }
  if (!source.name.starts_with('/'))
    return fail(ErrorKind::malformed, what + ": the path has to be absolute");
  return read_file(source.name, what, /*check_mode=*/true);
}

}  // namespace dbssd::service
