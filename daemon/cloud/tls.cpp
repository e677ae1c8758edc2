#include "cloud/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>  // setenv

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

namespace dbssd::cloud {
namespace {

using SharedVerdict = std::shared_ptr<TlsVerdict>;

/// The slot of a context that owns its SharedVerdict: a context lives as long as its last connection.
int verdict_slot() {
  static const int kSlot = SSL_CTX_get_ex_new_index(
      0, nullptr, nullptr, nullptr, [](void*, void* verdict, CRYPTO_EX_DATA*, int, long, void*) {
        delete static_cast<SharedVerdict*>(verdict);
      });
  return kSlot;
}

/// The usual verification, of which only the reason for a refusal is kept. A client library's own opinion is
/// not asked: it may hold the peer to the address that it was told to call, and not to the name.
int verify(X509_STORE_CTX* chain, void*) {
  X509_STORE_CTX_set_verify_cb(chain, [](int as_found, X509_STORE_CTX*) { return as_found; });
  const int result = X509_verify_cert(chain);
  const int error = X509_STORE_CTX_get_error(chain);
  const auto* ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  if ((result <= 0 || error != X509_V_OK) && ssl != nullptr) {
    auto* verdict = static_cast<SharedVerdict*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), verdict_slot()));
    if (verdict != nullptr) (*verdict)->refuse(X509_verify_cert_error_string(error));
  }
  return result;
}

std::string last_error() {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return text.data();
}

bool is_hashed(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  return name.size() == 10 && name.ends_with(".0") && std::all_of(name.begin(), name.begin() + 8, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace

void TlsVerdict::refuse(std::string reason) {
  const std::lock_guard lock(mutex_);
  reason_ = std::move(reason);
}

std::string TlsVerdict::reason() const {
  const std::lock_guard lock(mutex_);
  return reason_;
}

Expected<void> require_verified_peer(SSL_CTX* context, const std::string& host,
                                     const std::optional<std::string>& ca_file,
                                     std::shared_ptr<TlsVerdict> verdict) {
  X509_VERIFY_PARAM* parameters = SSL_CTX_get0_param(context);
  X509_VERIFY_PARAM_set_hostflags(parameters,
                                  X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
      (X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) != 1 &&
       X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), host.size()) != 1)) {
    return fail(ErrorKind::not_sent, "cannot verify " + host + ": " + last_error());
  }
  ERR_clear_error();  // a name is no address
  if (ca_file && SSL_CTX_load_verify_locations(context, ca_file->c_str(), nullptr) != 1) {
    return fail(ErrorKind::not_sent, "cannot read the authorities in " + *ca_file + ": " + last_error());
  }
  auto owned = std::make_unique<SharedVerdict>(std::move(verdict));
  if (SSL_CTX_set_ex_data(context, verdict_slot(), owned.get()) == 1) (void)owned.release();
  SSL_CTX_set_cert_verify_callback(context, verify, nullptr);
  return {};
}

void prefer_hashed_authorities() {
  if (getenv(X509_get_default_cert_file_env()) != nullptr ||
      getenv(X509_get_default_cert_dir_env()) != nullptr)
    return;
  std::error_code error;
  const std::filesystem::directory_iterator files(X509_get_default_cert_dir(), error);
  const bool hashed = !error && std::any_of(begin(files), end(files),
                                            [](const auto& file) { return is_hashed(file.path()); });
  if (hashed) setenv(X509_get_default_cert_file_env(), "/dev/null", 0);
}

}  // namespace dbssd::cloud
