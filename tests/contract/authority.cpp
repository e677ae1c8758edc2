#include "contract/authority.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>  // mkstemp
#include <unistd.h>

#include <stdexcept>

namespace dbssd::test {
namespace {

std::shared_ptr<EVP_PKEY> new_key() { return {EVP_EC_gen("P-256"), EVP_PKEY_free}; }

template <class Write>
std::string pem(const Write& write) {
  const std::shared_ptr<BIO> out(BIO_new(BIO_s_mem()), BIO_free);
  write(out.get());
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

void extend(X509* certificate, int extension, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* made = X509V3_EXT_conf_nid(nullptr, &context, extension, value.c_str());
  if (made == nullptr) throw std::runtime_error("no such extension: " + value);
  X509_add_ext(certificate, made, -1);
  X509_EXTENSION_free(made);
}

std::shared_ptr<X509> new_certificate(const std::string& common_name, EVP_PKEY* key, long serial,
                                      long valid_seconds) {
  const std::shared_ptr<X509> certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), valid_seconds);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
  return certificate;
}

}  // namespace

Authority::Authority() : key_(new_key()), certificate_(new_certificate("an authority", key_.get(), 1, 3600)) {
  X509_set_issuer_name(certificate_.get(), X509_get_subject_name(certificate_.get()));
  extend(certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
  X509_sign(certificate_.get(), key_.get(), EVP_sha256());

  const std::string text = pem([&](BIO* out) { PEM_write_bio_X509(out, certificate_.get()); });
  file_ = "/tmp/dbssd-authority-XXXXXX";
  const int file = mkstemp(file_.data());
  if (file < 0 || write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    throw std::runtime_error("no file for the authority");
  close(file);
}

Authority::~Authority() { unlink(file_.c_str()); }

Identity Authority::issue(const Leaf& leaf) const {
  const std::shared_ptr<EVP_PKEY> key = new_key();
  const std::shared_ptr<X509> certificate =
      new_certificate(leaf.common_name, key.get(), 2, leaf.valid_seconds);
  X509_set_issuer_name(certificate.get(),
                       X509_get_subject_name(leaf.self_signed ? certificate.get() : certificate_.get()));
  std::string names;
  for (const std::string& name : leaf.alternative_names) names += (names.empty() ? "" : ",") + name;
  if (!names.empty()) extend(certificate.get(), NID_subject_alt_name, names);
  X509_sign(certificate.get(), leaf.self_signed ? key.get() : key_.get(), EVP_sha256());
  return {pem([&](BIO* out) { PEM_write_bio_X509(out, certificate.get()); }), pem([&](BIO* out) {
            PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

}  // namespace dbssd::test
