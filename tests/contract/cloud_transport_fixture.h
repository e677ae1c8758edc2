// What the tests of the real transport share.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "cloud/transport_cpprest.h"
#include "contract/scripted_server.h"

namespace dbssd::test {

using namespace std::chrono_literals;

class TransportTest : public testing::Test {
 protected:
  static MonoTime soon(Millis span) { return std::chrono::steady_clock::now() + span; }

  static cloud::Request read(const std::string& origin, Millis patience = 3s) {
    cloud::Request request;
    request.origin = origin;
    request.path = {"v1", "things"};
    request.deadline = soon(patience);
    request.max_bytes = 1 << 20;
    return request;
  }
  static cloud::Request mutation(const std::string& origin, Millis patience = 3s) {
    cloud::Request request = read(origin, patience);
    request.method = cloud::Method::post;
    request.effect = cloud::Effect::mutation;
    request.body = R"({"instance_id":"i"})";
    return request;
  }

  std::unique_ptr<cloud::Transport> transport = cloud::make_cpprest_transport({});
};

/// How long something took.
class Watch {
 public:
  [[nodiscard]] Millis elapsed() const {
    return std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - begin_);
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace dbssd::test
