// Colour for people at a terminal: it stresses what the words say, and says nothing by itself.
#pragma once

#include <string>
#include <string_view>

namespace dbssd::cli {

enum class Tone { well, warning, error, head };

/// Whether there is colour at all: by itself there is none.
class Paint {
 public:
  Paint() = default;
  /// What is written to the descriptor is coloured where it is a terminal that can, and NO_COLOR is not set.
  [[nodiscard]] static Paint for_terminal(int descriptor);
  [[nodiscard]] static Paint always() { return Paint(true); }

  /// The text, in the tone's colour. Pad it first: the colour's own bytes take no room on the screen.
  [[nodiscard]] std::string operator()(Tone tone, std::string_view text) const;

 private:
  explicit Paint(bool on) : on_(on) {}
  bool on_ = false;
};

}  // namespace dbssd::cli
