// A certificate authority made up for one test run.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>
#include <vector>

#include "contract/scripted_server.h"

namespace dbssd::test {

class Authority {
 public:
  Authority();
  ~Authority();
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  /// The authority's own certificate, in a file that goes with it.
  [[nodiscard]] const std::string& file() const { return file_; }

  struct Leaf {
    std::string common_name;
    std::vector<std::string> alternative_names;  ///< as OpenSSL writes them: "DNS:localhost", "IP:127.0.0.1"
    long valid_seconds = 3600;                   ///< from now on; it began an hour ago
    bool self_signed = false;                    ///< by its own key, and not by the authority's
  };
  [[nodiscard]] Identity issue(const Leaf& leaf) const;

 private:
  std::shared_ptr<EVP_PKEY> key_;
  std::shared_ptr<X509> certificate_;
  std::string file_;
};

}  // namespace dbssd::test
