// What has come over one connection, to the byte: whether it is clean enough for another call, and whether
// too much comes.
#pragma once

#include <openssl/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace dbssd::cloud {

/// A client library tells of answers, not of bytes: what a peer sends beyond an answer would be taken for the
/// next one, and what it sends before the end of a header would fill the memory. So the bytes are counted
/// where the library has no say: by the kernel and, inside TLS, record by record. Speaks sockets and OpenSSL
/// only.
///
/// One connection from its making to its end. Thread-safe; what is said of a call belongs to one at a time.
class ByteLedger : public std::enable_shared_from_this<ByteLedger> {
 public:
  ByteLedger() = default;
  ~ByteLedger();
  ByteLedger(const ByteLedger&) = delete;
  ByteLedger& operator=(const ByteLedger&) = delete;

  /// The connection is to go over this socket. Keeps a duplicate, which holds nothing open: who ends a
  /// connection shuts it down.
  void open(int socket);
  /// From here on it is TLS, and what has come so far was a tunnel's talk: counts the records of the one
  /// connection that is made with the context, for as long as that lives.
  void seal(SSL_CTX* context);

  /// An answer has ended that was `bytes` long on the wire, header and chunk sizes included.
  void expect(std::uint64_t bytes) { expected_ += bytes; }

  enum class Care : std::uint8_t {
    unread,  ///< nothing lies there to be read
    exact,   ///< and never came a byte that was not an answer's
  };
  /// Whether another call may go over it; `ssl` of a sealed one. Only between two calls.
  [[nodiscard]] bool is_clean(SSL* ssl, Care care);
  /// Whether something has come since is_clean() said yes, or since open() where it is not sealed.
  [[nodiscard]] bool spoke_unasked() const;

  /// No more than that many bytes from here on, until the next call of this. Sealed ones cannot read more; of
  /// others is_overrun() has to be asked from time to time, and they may be the kernel's buffer ahead.
  void allow(std::uint64_t bytes);
  [[nodiscard]] bool is_overrun() const;
  [[nodiscard]] bool is_sealed() const { return sealed_; }
  [[nodiscard]] bool is_connected() const;

 private:
  static void on_message(int written, int version, int type, const void* bytes, std::size_t size, SSL* ssl,
                         void* ledger);
  void take_record(SSL* ssl, std::size_t size);
  [[nodiscard]] std::uint64_t received() const;

  std::atomic<int> socket_ = -1;
  std::atomic<bool> sealed_ = false;
  std::atomic<std::uint64_t> tunnel_ = 0;   ///< came before TLS
  std::atomic<std::uint64_t> records_ = 0;  ///< of TLS, with their headers
  std::atomic<std::uint64_t> opened_ = 0;   ///< out of records: what the library reads
  std::atomic<bool> countable_ = true;      ///< false where a cipher hides how long its text is
  std::atomic<std::uint64_t> record_ = 0;   ///< the size of the latest
  std::atomic<std::uint64_t> expected_ = 0;
  std::atomic<std::uint64_t> quiet_ = kUnknown;  ///< received when it was last known to be clean
  std::atomic<std::uint64_t> limit_ = kUnknown;
  static constexpr std::uint64_t kUnknown = UINT64_MAX;
};

}  // namespace dbssd::cloud
