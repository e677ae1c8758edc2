#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dbss_sim {

// One HTTP request; everything it shows lives in the connection that read it.
struct Request {
  std::string_view method, path, query, body;
  std::vector<std::pair<std::string_view, std::string_view>> headers;

  // The value of the first header of that name, in any case; nothing where there is none.
  std::optional<std::string_view> header(std::string_view name) const;
  bool has_json_body() const;
};

bool equals_ignoring_case(std::string_view a, std::string_view b);
// %xx decoded; nothing where an escape is broken.
std::optional<std::string> percent_decoded(std::string_view text);

// A query string's parameters, decoded, in the order they were sent.
class Query {
 public:
  // Nothing where the query is malformed, or has a parameter twice.
  static std::optional<Query> parse(std::string_view text);

  const std::string* find(std::string_view name) const;
  // Whether every parameter is one of these.
  bool only(std::initializer_list<std::string_view> names) const;
  const std::vector<std::pair<std::string, std::string>>& parameters() const { return parameters_; }

 private:
  std::vector<std::pair<std::string, std::string>> parameters_;
};

}  // namespace dbss_sim
