#include "base/error.h"

namespace dbssd {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::not_sent:
      return "not_sent";
    case ErrorKind::throttled:
      return "throttled";
    case ErrorKind::unauthorized:
      return "unauthorized";
    case ErrorKind::rejected:
      return "rejected";
    case ErrorKind::not_found:
      return "not_found";
    case ErrorKind::outcome_unknown:
      return "outcome_unknown";
    case ErrorKind::malformed:
      return "malformed";
    case ErrorKind::internal:
      return "internal";
  }
  return "internal";
}

}  // namespace dbssd
