#include "base/secret.h"

#include <string.h>  // explicit_bzero

#include <utility>

namespace dbssd {

Secret::Secret(std::string text) : text_(text) { explicit_bzero(text.data(), text.size()); }

// A moved-from short string keeps its bytes in place, so a move copies and wipes the source.
Secret::Secret(Secret&& other) noexcept : text_(other.text_) { other.wipe(); }

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    wipe();
    text_ = other.text_;
  }
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    text_ = other.text_;
    other.wipe();
  }
  return *this;
}

Secret::~Secret() { wipe(); }

void Secret::wipe() noexcept {
  explicit_bzero(text_.data(), text_.size());
  text_.clear();
}

}  // namespace dbssd
