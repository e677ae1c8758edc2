#include "cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <ostream>

#include "cli/printing.h"

namespace dbssd::cli {
namespace {

constexpr int kUsualColumns = 80;
constexpr std::string_view kEmptyLine = "\r\x1b[K";

/// The first so many characters, as far as UTF-8 tells them apart.
std::string_view cut(std::string_view text, int characters) {
  std::size_t end = 0;
  for (int count = 0; end < text.size(); ++end) {
    const bool begins = (static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80U;
    if (begins && ++count > characters) break;
  }
  return text.substr(0, end);
}

}  // namespace

Progress::~Progress() {
  if (columns_ > 0 && !last_.empty()) out_ << kEmptyLine << std::flush;
}

void Progress::show(std::string_view text, std::string_view pulse) {
  const std::string line = one_line(text);
  if (columns_ > 0) {
    const std::string whole = std::string(pulse) + ": " + line;
    // The last column is left free: some terminals begin a new line when it is written.
    out_ << kEmptyLine << cut(whole, columns_ - 1) << std::flush;
  } else if (line != last_) {
    out_ << "dbssd: " << line << std::endl;
  }
  last_ = line;
}

int columns_of_standard_error() {
  if (::isatty(STDERR_FILENO) != 1) return 0;
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsualColumns;
  return size.ws_col;
}

}  // namespace dbssd::cli
