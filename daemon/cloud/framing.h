// Where an answer ends, as its header says it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace dbssd::cloud {

/// What bears on it; several lines of one name are joined with ", ", as they may be by RFC 9110.
struct AnswerHead {
  int status = 0;
  int major = 1;  ///< the version's
  int minor = 1;
  std::optional<std::string> content_length;
  std::optional<std::string> transfer_encoding;
};

struct Framing {
  /// Why nobody can say which bytes are the answer; empty where that is plain. Then it is none, and the
  /// connection is not to be used again.
  std::string fault;
  /// Another answer can follow this one. False also where the answer itself can be read: two lengths at once,
  /// HTTP/1.0, a body that lasts until the connection ends, or one where there must be none.
  bool another_may_follow = false;
  bool chunked = false;
  std::uint64_t length = 0;  ///< of a body that is not chunked, where another answer may follow it
};

/// RFC 9112, section 6.3, read strictly: what two readers could take for answers of different lengths is a
/// fault. An interim answer (1xx) is one as well, for nothing that dbssd sends asks for it.
[[nodiscard]] Framing framing_of(const AnswerHead& head);

}  // namespace dbssd::cloud
