#include <openssl/ssl.h>

#include <utility>  // Asio forgets it

#include <pplx/threadpool.h>

#include "cloud/client.h"
#include "cloud/tls.h"

namespace dbssd::cloud {

void initialize_http() {
  constexpr std::size_t kThreads = 2;  // the library's default of 40 costs several times the processor time
  // OpenSSL's own exit handler frees what the library's threads may still use.
  OPENSSL_init_ssl(OPENSSL_INIT_NO_ATEXIT, nullptr);
  prefer_hashed_authorities();
  crossplat::threadpool::initialize_with_threads(kThreads);
}

}  // namespace dbssd::cloud
