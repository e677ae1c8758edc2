#include <openssl/ssl.h>

#include <utility>  // Asio forgets it

#include <pplx/threadpool.h>

#include "cloud/client.h"

namespace dbssd::cloud {

void initialize_http() {
  // OpenSSL's own exit handler frees what threads of the library may still use.
  OPENSSL_init_ssl(OPENSSL_INIT_NO_ATEXIT, nullptr);
  crossplat::threadpool::initialize_with_threads(2);
}

}  // namespace dbssd::cloud
