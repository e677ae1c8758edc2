#include "telemetry/format.h"

#include <string_view>

#include "base/ascii.h"
#include "telemetry/catalogue.h"
#include "telemetry/escape.h"

namespace dbssd::telemetry {
namespace {

/// The one place that knows the fields and their order: field(name, text) or field(name, number) for each
/// that is set.
template <class Field>
void each_field(const Event& event, Field field) {
  const auto text = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) field(name, value);
  };
  text("project", event.project.str());
  text("instance_id", event.instance_id.str());
  text("instance_name", event.instance_name);
  text("resource_id", event.resource_id.str());
  text("report", event.report.str());
  if (event.scheduled_time) text("scheduled_time", format_utc(*event.scheduled_time));
  if (event.window) {
    text("window_begin", format_utc(event.window->begin));
    text("window_end", format_utc(event.window->end));
  }
  text("reason", event.reason);
  text("request_id", event.request_id);
  if (event.error_kind) text("error_kind", to_string(*event.error_kind));
  if (event.duration) field("duration_ms", event.duration->count());
  if (event.attempt) field("attempt", Millis::rep{*event.attempt});
}

struct Value {
  std::string& out;
  void (*append_text)(std::string&, std::string_view);

  void operator()(std::string_view value) const { append_text(out, value); }
  void operator()(Millis::rep value) const { out += std::to_string(value); }
};

/// " project=prod report=daily-sox": each field that is set.
void append_fields(std::string& out, const Event& event) {
  each_field(event, [&](std::string_view name, auto value) {
    out += ' ';
    out += name;
    out += '=';
    Value{out, append_word}(value);
  });
}

constexpr std::size_t kLevelWidth = std::string_view("WARNING").size();
constexpr std::size_t kNameWidth = std::string_view("service.time_zone_suspect").size();

constexpr std::string_view colour_of(Level level) {
  switch (level) {
    case Level::debug:
      return "\x1b[2m";
    case Level::info:
      return "";
    case Level::warning:
      return "\x1b[33m";
    case Level::error:
      return "\x1b[1;31m";
  }
  return "";
}

void append_padded(std::string& out, std::string_view word, std::size_t width, std::string_view colour) {
  out += colour;
  out += word;
  if (!colour.empty()) out += "\x1b[0m";
  if (word.size() < width) out.append(width - word.size(), ' ');
}

/// By syslog's scale, which the journal shares.
char priority_of(Level level) {
  switch (level) {
    case Level::debug:
      return '7';
    case Level::info:
      return '6';
    case Level::warning:
      return '4';
    case Level::error:
      return '3';
  }
  return '3';
}

}  // namespace

std::string format_text(const Event& event, WallTime at, Colour colour) {
  const CatalogueEntry& entry = entry_of(event.id);
  std::string line = format_utc_millis(at);
  line += ' ';
  append_padded(line, to_upper(to_string(entry.level)), kLevelWidth,
                colour == Colour::on ? colour_of(entry.level) : "");
  line += ' ';
  append_padded(line, entry.name, kNameWidth, "");
  line += " msg=";
  append_word(line, event.msg);
  append_fields(line, event);
  return line;
}

std::string format_json(const Event& event, WallTime at) {
  const CatalogueEntry& entry = entry_of(event.id);
  std::string line = "{\"ts\":\"" + format_utc_millis(at) + "\",\"level\":\"";
  line += to_string(entry.level);
  line += "\",\"event\":\"";
  line += entry.name;
  line += "\",\"msg\":";
  append_json(line, event.msg);
  each_field(event, [&](std::string_view name, auto value) {
    line += ",\"";
    line += name;
    line += "\":";
    Value{line, append_json}(value);
  });
  line += '}';
  return line;
}

std::string format_journal(const Event& event) {
  const CatalogueEntry& entry = entry_of(event.id);
  std::string fields = "MESSAGE=";
  fields += entry.name;
  fields += ": ";
  append_line(fields, event.msg);
  append_fields(fields, event);
  fields += "\nPRIORITY=";
  fields += priority_of(entry.level);
  fields += "\nSYSLOG_IDENTIFIER=dbssd\nDBSSD_EVENT=";
  fields += entry.name;
  each_field(event, [&](std::string_view name, auto value) {
    fields += "\nDBSSD_";
    fields += to_upper(name);
    fields += '=';
    Value{fields, append_line}(value);
  });
  return fields;
}

}  // namespace dbssd::telemetry
