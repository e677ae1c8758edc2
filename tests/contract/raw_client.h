#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace contract {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Reply {
  int status = 0;  // 0: the connection ended, or what came was no HTTP, before a whole head
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  bool complete = false;  // the body is as long as the head had said
};

// An HTTP client that does nothing by itself: no redirect, no retry, no header but Host, Content-Length and
// the given.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  ~RawClient();

  // Over the connection of the request before where that is still open as far as one can tell, else over a
  // new one.
  Reply send(std::string_view method, std::string_view target, const Headers& headers = {},
             std::string_view body = {});
  // These very bytes over a new connection, and all that comes back until it ends.
  std::string exchange(std::string_view bytes);

 private:
  struct Connection;
  std::uint16_t port_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace contract
