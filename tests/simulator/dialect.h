#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "simulator/behaviour.h"
#include "simulator/fields.h"

// In what the real service may differ from what its pages say, or from what they leave open: one axis a fact.
// A client that is right is right at every value of every axis.
namespace dbss_sim {

struct Axis {
  std::string_view name;  // as the member of `behaviour` is called
  std::variant<std::string Behaviour::*, bool Behaviour::*> member;
  std::vector<std::string_view> values;  // true and false for a flag
  std::string_view meaning;
};
std::span<const Axis> axes();

// Values of several axes that occur together.
struct NamedDialect {
  std::string_view name;
  std::string_view words;  // as speak() takes them
  std::string_view meaning;
};
std::span<const NamedDialect> named_dialects();

// Takes "NAME[=VALUE],…" in order: a named dialect, or an axis and its value, which is true for a flag where
// none is given. Answers what is wrong with the first that is neither, or an empty text; those before it have
// been taken.
std::string speak(std::string_view words, Behaviour& into);

// For people: each axis with its values, the default first, and each named dialect.
std::string dialects_explained();

// Each axis and its value, as JSON that read_axes takes.
std::string spoken(const Behaviour& behaviour);

// The axes among the members of `behaviour`.
void read_axes(Fields& fields, Behaviour& into);

}  // namespace dbss_sim
