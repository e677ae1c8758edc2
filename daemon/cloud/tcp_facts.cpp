#include "cloud/tcp_facts.h"

#include <linux/tcp.h>  // glibc's own header knows no count of bytes, and cannot stand beside this one
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstddef>

namespace dbssd::cloud {

std::optional<TcpFacts> tcp_facts(int socket) {
  constexpr int kEstablished = 1;
  tcp_info info{};
  socklen_t size = sizeof(info);
  if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
      size < offsetof(tcp_info, tcpi_bytes_received) + sizeof(info.tcpi_bytes_received))
    return std::nullopt;
  return TcpFacts{info.tcpi_state == kEstablished, info.tcpi_bytes_received};
}

bool has_unread(int socket) {
  char byte = 0;
  return recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

}  // namespace dbssd::cloud
