#include "engine/sha256.h"

#include <openssl/evp.h>

#include <array>

#include "base/hex.h"

namespace dbssd::engine {

void Sha256::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  failed_ = context_ == nullptr || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1;
}

void Sha256::add(std::span<const char> bytes) {
  failed_ = failed_ || EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1;
}

Expected<std::string> Sha256::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (failed_ || EVP_DigestFinal_ex(context_.get(), digest.data(), &size) != 1)
    return fail(ErrorKind::internal, "OpenSSL cannot compute a SHA-256");
  return to_hex(std::span(digest).first(size));
}

}  // namespace dbssd::engine
