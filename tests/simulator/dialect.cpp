#include "simulator/dialect.h"

#include <algorithm>

#include "simulator/json_writer.h"

namespace dbss_sim {
namespace {

using Flag = bool Behaviour::*;
using Word = std::string Behaviour::*;

const std::vector<std::string_view> kFlag{"true", "false"};

// The default stands first.
const std::vector<Axis> kAxes{
    {"list_shape",
     &Behaviour::list_shape,
     {"alternate", "servers", "instances", "third", "mixed"},
     "list instances has servers[].id, instances[].instance_id, instances[].id, the first two in turn, or "
     "any"},
    {"error_shape",
     &Behaviour::error_shape,
     {"mixed", "flat", "nested"},
     "errors stand below \"error\", or not"},
    {"loose", &Behaviour::loose, kFlag, "numbers as strings, strings as numbers, absent for null"},
    {"camel_case", &Behaviour::camel_case, kFlag, "some instances have remainDays for remain_days"},
    {"page_drift", &Behaviour::page_drift, {"false", "true"}, "the set of instances moves between two pages"},
    {"paths",
     &Behaviour::paths,
     {"current", "legacy", "both"},
     "legacy: a region with /v1/{project}/dbss/audit/… alone, which has no reports and no summary"},
    {"result",
     &Behaviour::result,
     {"any", "page", "upper", "short"},
     "success and failed as on the pages, in capitals, with fail for failed, or any of these where it is "
     "loose"},
    {"total",
     &Behaviour::total,
     {"exact", "absent", "page"},
     "of all entries of a list, not said, or only of those on the page"},
    {"task_switch", &Behaviour::task_switch, {"on", "off"}, "what the summary task says of itself"},
    {"templates",
     &Behaviour::templates,
     {"whole", "paged", "unlisted"},
     "paged: two at a time, by offset and limit, with a total; unlisted: none is shown, yet its id is good"},
    {"template_type",
     &Behaviour::template_type,
     {"file", "template", "empty", "absent", "odd"},
     "of a listed report: PDF or ZIP, its template's type, nothing, or a word of nobody's"},
    {"report_name",
     &Behaviour::report_name,
     {"template", "odd", "empty", "localised"},
     "of a listed report: its template's name, one with a number, nothing, or Chinese"},
    {"report_format", &Behaviour::report_format, {"lower", "upper"}, "of a listed report: pdf or PDF"},
    {"db_ids",
     &Behaviour::db_ids,
     {"listed", "absent", "array", "names", "reversed", "all"},
     "of a listed report: the ids with commas, none, as an array, in db_names alone, in another order, or "
     "those of "
     "every database where none was asked for"},
    {"percentum",
     &Behaviour::percentum,
     {"any", "number", "string", "percent"},
     "42, \"42\", \"42%\", or either of the first two where it is loose"},
    {"finish_time",
     &Behaviour::finish_time,
     {"utc", "instance", "absent"},
     "the zone it is in, or null for ever"},
    {"report_zone",
     &Behaviour::report_zone,
     {"utc", "instance"},
     "whose time start_time and end_time of a report are, in what is asked and what is listed"},
    {"report_time",
     &Behaviour::report_time,
     {"plain", "iso", "millis"},
     "how these are listed: YYYY-MM-DD hh:mm:ss, with T and fractions and the zone, milliseconds since the "
     "epoch"},
    {"report_order",
     &Behaviour::report_order,
     {"seed", "newest", "oldest"},
     "which reports are on the first page"},
    {"report_drift",
     &Behaviour::report_drift,
     {"none", "deleted"},
     "deleted: somebody deletes a report of theirs before each further page"},
    {"page_base",
     &Behaviour::page_base,
     {"1", "0", "both"},
     "of the list of reports: page 0 is refused, is the first, or is the first as 1 is"},
};

const std::vector<NamedDialect> kNamed{
    {"official", "", "what the pages and SDKs say; the default"},
    {"plain", "list_shape=servers,error_shape=flat,loose=false,camel_case=false,report_order=oldest",
     "each page's example to the letter"},
    {"former", "template_type=template,report_name=template,report_format=upper,db_ids=listed",
     "a listed report says all of what it was made from"},
    {"mute", "template_type=empty,report_name=empty,db_ids=absent,finish_time=absent,total=absent",
     "a listed report says no more than it must"},
    {"odd",
     "template_type=odd,report_name=odd,db_ids=names,percentum=percent,finish_time=instance,report_time=iso,"
     "total=page,result=upper,report_format=upper",
     "each in another way than one expects"},
    {"regional", "list_shape=servers,paths=legacy", "a region of former times"},
    {"local", "report_zone=instance,finish_time=instance,report_name=localised",
     "an instance that has a zone and a language"},
    {"shifting", "page_base=0,report_order=newest,report_drift=deleted,page_drift,total=page",
     "lists that change while they are read"},
};

template <class T>
const T* named(const std::vector<T>& all, std::string_view name) {
  const auto found = std::find_if(all.begin(), all.end(), [name](const T& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::string joined(const std::vector<std::string_view>& words) {
  std::string list;
  for (const std::string_view word : words) list.append(list.empty() ? "" : ", ").append(word);
  return list;
}

void set(const Axis& axis, std::string_view value, Behaviour& into) {
  if (const Flag* flag = std::get_if<Flag>(&axis.member)) {
    into.** flag = value == "true";
  } else {
    into.*std::get<Word>(axis.member) = value;
  }
}

std::string speak_word(std::string_view word, Behaviour& into) {
  const std::size_t equals = word.find('=');
  const std::string_view name = word.substr(0, equals);
  const bool valued = equals != std::string_view::npos;
  const NamedDialect* dialect = named(kNamed, name);
  if (dialect != nullptr && !valued) return speak(dialect->words, into);
  const Axis* axis = named(kAxes, name);
  if (axis == nullptr || dialect != nullptr) {
    return std::string(word) + ": neither a dialect nor an axis; \"--dialect help\" lists both";
  }
  const bool flag = std::holds_alternative<Flag>(axis->member);
  const std::string_view value = valued ? word.substr(equals + 1) : flag ? "true" : "";
  if (std::find(axis->values.begin(), axis->values.end(), value) == axis->values.end()) {
    return std::string(name) + ": must be one of " + joined(axis->values);
  }
  set(*axis, value, into);
  return "";
}

}  // namespace

std::span<const Axis> axes() { return kAxes; }
std::span<const NamedDialect> named_dialects() { return kNamed; }

std::string speak(std::string_view words, Behaviour& into) {
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find(','));
    words.remove_prefix(std::min(words.size(), word.size() + 1));
    if (word.empty()) continue;
    if (std::string problem = speak_word(word, into); !problem.empty()) return problem;
  }
  return "";
}

std::string dialects_explained() {
  std::string text = "axes (NAME=VALUE, the default first):\n";
  for (const Axis& axis : kAxes) {
    text.append("  ").append(axis.name).append("=").append(joined(axis.values)).append("\n      ");
    text.append(axis.meaning).append("\n");
  }
  text.append("dialects:\n");
  for (const NamedDialect& dialect : kNamed) {
    text.append("  ").append(dialect.name).append("  ").append(dialect.meaning).append("\n");
    if (!dialect.words.empty()) text.append("      ").append(dialect.words).append("\n");
  }
  return text;
}

std::string spoken(const Behaviour& behaviour) {
  JsonWriter out;
  out.open();
  for (const Axis& axis : kAxes) {
    if (const Flag* flag = std::get_if<Flag>(&axis.member)) {
      out.field(axis.name, behaviour.**flag);
    } else {
      out.field(axis.name, std::string_view(behaviour.*std::get<Word>(axis.member)));
    }
  }
  return out.close().take();
}

void write_total(JsonWriter& out, const Behaviour& behaviour, std::int64_t all, std::int64_t on_page) {
  if (behaviour.total == "absent") return;
  out.field("total", behaviour.total == "page" ? on_page : all);
}

void read_axes(Fields& fields, Behaviour& into) {
  for (const Axis& axis : kAxes) {
    if (const Flag* flag = std::get_if<Flag>(&axis.member)) {
      fields.take(axis.name, into.**flag);
    } else {
      fields.take_choice(axis.name, into.*std::get<Word>(axis.member), axis.values);
    }
  }
}

}  // namespace dbss_sim
