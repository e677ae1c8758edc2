#include "cloud/client_notices.h"

#include <utility>

#include "cloud/answer.h"

namespace dbssd::cloud {

void ClientNotices::say(Notice::Kind kind, std::string message, std::string request_id) const {
  if (sink_) sink_({kind, std::move(message), std::move(request_id)});
}

NoticeSink ClientNotices::of_credentials() {
  return [this](const Notice& notice) {
    if (!sink_) return;
    if (notice.kind == Notice::Kind::auth_failed && told_of_refusal_.exchange(true)) return;
    sink_(notice);
  };
}

void ClientNotices::compare_clocks(WallTime sent, const Response& response) const {
  if (!sink_ || !is_of_the_service(response)) return;
  const auto news = ledger_->compare_clocks(sent + response.since_header, *service_now(response));
  if (!news) return;
  if (news->ahead == Seconds{0})
    return say(Notice::Kind::clock_agreed, "this host's clock agrees with the service's");
  say(Notice::Kind::clock_skewed, describe_clock(news->ahead));
}

}  // namespace dbssd::cloud
