#include "cloud/byte_ledger.h"

#include <fcntl.h>
#include <openssl/obj_mac.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "cloud/tcp_facts.h"

namespace dbssd::cloud {
namespace {

/// How far the kernel may be ahead of who reads: its largest buffer, with room.
constexpr std::uint64_t kReadAhead = std::uint64_t{8} << 20;

/// The slot of a context that owns its ledger: a context lives as long as its last connection.
int ledger_slot() {
  static const int kSlot = SSL_CTX_get_ex_new_index(
      0, nullptr, nullptr, nullptr, [](void*, void* ledger, CRYPTO_EX_DATA*, int, long, void*) {
        delete static_cast<std::shared_ptr<ByteLedger>*>(ledger);
      });
  return kSlot;
}

/// What a record is longer than its text; nothing where that depends on the text, or for a rare cipher.
std::optional<std::uint64_t> overhead(const SSL* ssl) {
  const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl);
  if (cipher == nullptr) return std::nullopt;
  const bool newest = SSL_version(ssl) == TLS1_3_VERSION;
  switch (SSL_CIPHER_get_cipher_nid(cipher)) {
    case NID_aes_128_gcm:
    case NID_aes_256_gcm:
      return newest ? 1 + 16 : 8 + 16;
    case NID_chacha20_poly1305:
      return newest ? 1 + 16 : 16;
    default:
      return std::nullopt;
  }
}

}  // namespace

ByteLedger::~ByteLedger() {
  if (socket_ >= 0) close(socket_);
}

void ByteLedger::open(int socket) {
  socket_ = fcntl(socket, F_DUPFD_CLOEXEC, 0);
  if (!sealed_) quiet_ = 0;
}

void ByteLedger::seal(SSL_CTX* context) {
  tunnel_ = received();
  quiet_ = kUnknown;  // the handshake speaks when it likes
  auto owned = std::make_unique<std::shared_ptr<ByteLedger>>(shared_from_this());
  if (SSL_CTX_set_ex_data(context, ledger_slot(), owned.get()) != 1) {
    countable_ = false;
    return;
  }
  (void)owned.release();
  SSL_CTX_set_msg_callback(context, on_message);
  SSL_CTX_set_msg_callback_arg(context, this);
  sealed_ = true;
}

void ByteLedger::on_message(int written, int, int type, const void* bytes, std::size_t size, SSL* ssl,
                            void* ledger) {
  if (written != 0) return;
  auto& self = *static_cast<ByteLedger*>(ledger);
  const auto* octets = static_cast<const unsigned char*>(bytes);
  const bool newest = SSL_version(ssl) == TLS1_3_VERSION;
  if (type == SSL3_RT_HEADER && size == SSL3_RT_HEADER_LENGTH) {
    self.record_ = static_cast<std::uint64_t>(octets[3]) << 8 | octets[4];
    self.records_ += SSL3_RT_HEADER_LENGTH + self.record_;
    if (!newest && octets[0] == SSL3_RT_APPLICATION_DATA) self.take_record(ssl, self.record_);
  } else if (type == SSL3_RT_INNER_CONTENT_TYPE && size == 1 && octets[0] == SSL3_RT_APPLICATION_DATA) {
    self.take_record(ssl, self.record_);
  }
}

void ByteLedger::take_record(SSL* ssl, std::size_t size) {
  const std::optional<std::uint64_t> more = overhead(ssl);
  if (!more) countable_ = false;
  opened_ += size - std::min<std::uint64_t>(more.value_or(0), size);
  // The library has no ear for us here, but its next read finds the end of the connection.
  if (opened_ > limit_) SSL_set_shutdown(ssl, SSL_get_shutdown(ssl) | SSL_RECEIVED_SHUTDOWN);
}

std::uint64_t ByteLedger::received() const {
  const auto facts = tcp_facts(socket_);
  return facts ? facts->received : 0;
}

bool ByteLedger::is_clean(SSL* ssl, Care care) {
  const auto facts = tcp_facts(socket_);
  if (!facts || !facts->open) return false;
  quiet_ = facts->received;
  if (sealed_) {
    // Before they are records, bytes can lie in the kernel or in the library.
    if (ssl == nullptr || facts->received != tunnel_ + records_ || SSL_has_pending(ssl) != 0) return false;
    return care == Care::unread || (countable_ && opened_ == expected_);
  }
  if (has_unread(socket_)) return false;
  return care == Care::unread || facts->received == expected_;
}

bool ByteLedger::spoke_unasked() const { return quiet_ != kUnknown && received() != quiet_; }

void ByteLedger::allow(std::uint64_t bytes) { limit_ = (sealed_ ? opened_.load() : received()) + bytes; }

bool ByteLedger::is_overrun() const {
  if (sealed_) return opened_ > limit_;
  const std::uint64_t limit = limit_;
  return limit != kUnknown && received() > limit + kReadAhead;
}

bool ByteLedger::is_connected() const {
  const auto facts = tcp_facts(socket_);
  return facts && (facts->open || facts->received > 0);
}

}  // namespace dbssd::cloud
