// The client over a fake transport and a fake clock.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "cloud/credential_ledger.h"
#include "cloud/rest_client.h"
#include "fakes/fake_clock.h"
#include "unit/cloud/fake_transport.h"

namespace dbssd::test {

using namespace std::chrono_literals;

class ClientTest : public testing::Test {
 protected:
  using Answer = FakeTransport::Answer;

  static cloud::ClientConfig with(cloud::Credential credential) {
    return {.region = "ap-southeast-3",
            .project_id = ProjectId("p1"),
            .dbss_endpoint = "https://dbss.example",
            .iam_endpoint = "https://iam.example",
            .ca_file = {},
            .credential = std::move(credential),
            .requests_per_second = 1'000'000,
            .api_zone = schedule::Zone::utc()};
  }

  /// A client that is answered by `answer`, and that may say what it likes to `notices`.
  std::unique_ptr<cloud::CloudApi> make(cloud::ClientConfig config, Answer answer) {
    auto owned = std::make_unique<FakeTransport>(std::move(answer));
    transport = owned.get();
    return cloud::make_client(
        std::move(config), [this](const cloud::Notice& notice) { notices.push_back(notice); },
        std::move(owned), clock);
  }
  /// With a token that is not renewed, and the same answer to everything.
  std::unique_ptr<cloud::CloudApi> answering(const Expected<cloud::Response>& response) {
    return make(with(cloud::TokenCredential{Secret("fixed-token")}),
                [response](const cloud::Request&) { return response; });
  }
  std::unique_ptr<cloud::CloudApi> answering(std::string body) {
    return answering(json(200, std::move(body)));
  }

  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> all;
    for (const cloud::Request& request : transport->sent()) all.push_back(line_of(request));
    return all;
  }
  [[nodiscard]] int count(cloud::Notice::Kind kind) const {
    return static_cast<int>(std::ranges::count(notices, kind, &cloud::Notice::kind));
  }

  fakes::FakeClock clock{*parse_utc("2025-03-01T12:00:00Z")};
  std::vector<cloud::Notice> notices;
  FakeTransport* transport = nullptr;  ///< the last client's
};

}  // namespace dbssd::test
