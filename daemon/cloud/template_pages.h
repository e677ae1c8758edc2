// The list of an instance's templates. Its page documents no pages, and so none are asked for; where it says
// itself that there are more, they are asked for as other lists are, by an offset.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cloud/paging.h"
#include "cloud/types.h"

namespace dbssd::cloud {

inline constexpr std::int64_t kTemplatesAsked = 1000;  ///< where they are asked for by an offset

struct TemplatePages {
  TemplateListing listing;
  std::vector<std::string> problems;  ///< entries that did not decode, one line each
};

/// `fetch` is Expected<Page<Template>>(offset). The first page that fails fails it all; a further one leaves
/// what was listed, in doubt.
template <class Fetch>
[[nodiscard]] Expected<TemplatePages> read_template_pages(const Fetch& fetch) {
  Collected<Template> all;
  std::string doubt;
  for (bool is_short = true; is_short;) {
    Expected<Page<Template>> page = fetch(all.entries);
    if (!page && all.entries == 0) return fail(page.error());
    const std::string refusal = page ? std::string() : page.error().message;
    const bool goes_on = page && all.add(*std::move(page)) > 0;
    const auto lacking = all.most.value_or(0) - static_cast<std::int64_t>(all.items.size());
    is_short = goes_on && lacking > 0;
    if (lacking > 0) {
      doubt =
          std::to_string(all.items.size()) + " of " + std::to_string(*all.most) + " templates were listed";
      if (!refusal.empty()) doubt += ", and the rest cannot be: " + refusal;
    } else {
      doubt.clear();
    }
  }
  if (doubt.empty() && !all.problems.empty()) doubt = "an entry cannot be read: " + all.problems.front();
  return TemplatePages{{std::move(all.items), std::move(doubt)}, std::move(all.problems)};
}

}  // namespace dbssd::cloud
