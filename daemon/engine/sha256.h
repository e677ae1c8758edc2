// SHA-256 of bytes as they come.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/expected.h"

struct evp_md_ctx_st;

namespace dbssd::engine {

/// Not thread-safe.
class Sha256 {
 public:
  Sha256();

  void add(std::span<const char> bytes);
  /// 64 hexadecimal digits, in lower case. Once, after everything was added. Fails where the library refused
  /// to work: a wrong digest is worse than none.
  [[nodiscard]] Expected<std::string> hex();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
  bool failed_ = false;
};

}  // namespace dbssd::engine
