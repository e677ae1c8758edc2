// Makes text that came from elsewhere safe to print: it can end no line, forge no field and move no cursor.
#pragma once

#include <string>
#include <string_view>

namespace dbssd::telemetry {

// Each appends `value` to `out`, cut after 4 KiB with "…" in place of the rest. What is never printed as it
// is: control characters (C0, DEL, C1), line and paragraph separators, marks that reorder or hide text, and
// bytes that are no UTF-8.

/// As the text of a JSON string, quotes included; always valid JSON, what is no UTF-8 becomes U+FFFD.
void append_json(std::string& out, std::string_view value);

/// As it is where it is one plain word, otherwise in double quotes with \" \\ \n \r \t \u{202e} \xff.
void append_word(std::string& out, std::string_view value);

/// With the same escapes but no quotes: for a place where nothing but the line's end has a meaning.
void append_line(std::string& out, std::string_view value);

}  // namespace dbssd::telemetry
