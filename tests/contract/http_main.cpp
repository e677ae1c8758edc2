// The main of tests that speak HTTP for real.
#include <gmock/gmock.h>

#include <csignal>

#include "cloud/client.h"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // as the daemon does
  dbssd::cloud::initialize_http();
  testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
