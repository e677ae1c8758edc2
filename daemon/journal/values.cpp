#include "journal/values.h"

namespace dbssd::journal::sqlite {

std::string join_lines(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) {
    for (const char c : item) {
      if (c == '\\') {
        text += "\\\\";
      } else if (c == '\n') {
        text += "\\n";
      } else {
        text += c;
      }
    }
    text += '\n';
  }
  return text;
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> items;
  std::string item;
  bool escaped = false;
  for (const char c : text) {
    if (escaped) {
      item += c == 'n' ? '\n' : c;
      escaped = false;
    } else if (c == '\\') {
      escaped = true;
    } else if (c == '\n') {
      items.push_back(std::move(item));
      item.clear();
    } else {
      item += c;
    }
  }
  return items;
}

}  // namespace dbssd::journal::sqlite
