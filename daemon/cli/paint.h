// Colour for people at a terminal: it stresses what the words say, and says nothing by itself.
#pragma once

#include <string>
#include <string_view>

namespace dbssd::cli {

enum class Tone { well, warning, error, head };

/// Whether it is a terminal that can, before somebody who has not set NO_COLOR (https://no-color.org).
[[nodiscard]] bool shows_colour(int descriptor);

/// Whether there is colour at all: by itself there is none.
class Paint {
 public:
  Paint() = default;
  /// Of what is written to the descriptor.
  [[nodiscard]] static Paint for_terminal(int descriptor) { return Paint(shows_colour(descriptor)); }
  [[nodiscard]] static Paint always() { return Paint(true); }

  /// The text, in the tone's colour. Pad it first: the colour's own bytes take no room on the screen.
  [[nodiscard]] std::string operator()(Tone tone, std::string_view text) const;

 private:
  explicit Paint(bool on) : on_(on) {}
  bool on_ = false;
};

}  // namespace dbssd::cli
