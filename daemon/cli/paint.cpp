#include "cli/paint.h"

#include <unistd.h>

#include <cstdlib>

namespace dbssd::cli {
namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

std::string_view start_of(Tone tone) {
  switch (tone) {
    case Tone::well:
      return "\x1b[32m";
    case Tone::warning:
      return "\x1b[33m";
    case Tone::error:
      return "\x1b[31m";
    case Tone::head:
      return "\x1b[1m";
  }
  return {};
}

}  // namespace

bool shows_colour(int descriptor) {
  const std::string_view terminal = variable("TERM");
  return variable("NO_COLOR").empty() && !terminal.empty() && terminal != "dumb" && ::isatty(descriptor) == 1;
}

std::string Paint::operator()(Tone tone, std::string_view text) const {
  if (!on_ || text.empty()) return std::string(text);
  return std::string(start_of(tone)).append(text).append("\x1b[0m");
}

}  // namespace dbssd::cli
