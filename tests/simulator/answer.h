#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dbss_sim {

struct Answer {
  int status = 200;
  std::string body{};
  std::string_view content_type = "application/json";  // a literal
  std::vector<std::pair<std::string, std::string>> headers{};
};

// An answer, and what happens to it on its way.
struct Delivery {
  enum class Manner {
    kWhole,
    kDropped,  // the connection ends without a byte
    kHalf,     // ends in the middle of the body
    kDripped,  // the body trickles over drip_seconds
    kRaw,      // `answer.body` is all that is sent, in place of HTTP
  };
  Answer answer{};
  Manner manner = Manner::kWhole;
  double delay_seconds = 0;  // of the host's clock
  double drip_seconds = 0;
  std::size_t ticket = 0;  // what the tally calls this request
};

enum class ErrorShape { kFlat, kNested };
Answer service_error(int status, std::string_view code, std::string_view message, ErrorShape shape);
Answer gateway_error(int status, std::string_view code, std::string_view message,
                     std::string_view request_id);
Answer iam_error(int status, std::string_view message);

std::string_view reason_phrase(int status);
// Status line and headers up to the empty line.
std::string head_of(const Answer& answer, std::string_view date, std::string_view request_id,
                    bool keep_alive);

}  // namespace dbss_sim
