// A Transport that answers as a test tells it to, and remembers what it was sent.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "cloud/transport.h"
#include "cloud/url.h"

namespace dbssd::test {

class FakeTransport final : public cloud::Transport {
 public:
  using Answer = std::function<Expected<cloud::Response>(const cloud::Request&)>;
  explicit FakeTransport(Answer answer) : answer_(std::move(answer)) {}

  Expected<cloud::Response> send(const cloud::Request& request) override {
    {
      const std::lock_guard lock(mutex_);
      sent_.push_back(request);
      if (cancelled_) return fail(ErrorKind::not_sent, "cancelled");
    }
    return answer_(request);
  }
  void cancel() override {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
  }
  [[nodiscard]] std::vector<cloud::Request> sent() const {
    const std::lock_guard lock(mutex_);
    return sent_;
  }

 private:
  const Answer answer_;
  mutable std::mutex mutex_;
  std::vector<cloud::Request> sent_;
  bool cancelled_ = false;
};

inline cloud::Response json(int status, std::string body) {
  cloud::Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

/// "GET https://host/v1/p/audit?x=y"
inline std::string line_of(const cloud::Request& request) {
  std::string line(cloud::to_string(request.method));
  line += ' ' + request.origin + cloud::encoded_path(request.path);
  if (!request.query.empty()) line += '?' + cloud::encoded_query(request.query);
  return line;
}

inline std::string header_of(const cloud::Request& request, std::string_view name) {
  for (const auto& [key, value] : request.headers)
    if (key == name) return value;
  return {};
}

}  // namespace dbssd::test
