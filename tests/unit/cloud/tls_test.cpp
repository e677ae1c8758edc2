#include "cloud/tls.h"

#include <gtest/gtest.h>
#include <openssl/x509.h>
#include <stdlib.h>  // setenv

namespace dbssd::cloud {
namespace {

class HashedAuthorities : public testing::Test {
 protected:
  HashedAuthorities() {
    unsetenv("SSL_CERT_FILE");
    unsetenv("SSL_CERT_DIR");
  }
  ~HashedAuthorities() override { unsetenv("SSL_CERT_FILE"); }
};

TEST_F(HashedAuthorities, ReplaceTheBundleWhereTheSystemHasThem) {
  const std::string directory = X509_get_default_cert_dir();
  if (system(("ls " + directory + "/*.0 > /dev/null 2>&1").c_str()) != 0)
    GTEST_SKIP() << "no hashed directory here";
  prefer_hashed_authorities();
  EXPECT_STREQ(getenv("SSL_CERT_FILE"), "/dev/null");
}

TEST_F(HashedAuthorities, GiveWayToWhatTheOperatorSet) {
  setenv("SSL_CERT_FILE", "/etc/own.pem", 1);
  prefer_hashed_authorities();
  EXPECT_STREQ(getenv("SSL_CERT_FILE"), "/etc/own.pem");
}

}  // namespace
}  // namespace dbssd::cloud
