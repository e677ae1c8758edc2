// Errors as values: a function that can fail returns Expected<T> and is marked [[nodiscard]]
// (the class itself is not, so the mark on the function is what makes a lost error a warning).
#pragma once

#include <tl/expected.hpp>
#include <utility>

#include "base/error.h"

namespace dbssd {

template <class T>
using Expected = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorKind kind, std::string message) {
  Error error;
  error.kind = kind;
  error.message = std::move(message);
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace dbssd
