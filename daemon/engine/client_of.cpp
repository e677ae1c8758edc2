#include "engine/client_of.h"

#include <utility>

namespace dbssd::engine {

using telemetry::Event;
using telemetry::EventId;

namespace {

cloud::NoticeSink notices_of(const Ports& ports, const ProjectName& project) {
  return [&events = ports.events, project](const cloud::Notice& notice) {
    Event event;
    event.project = project;
    event.reason = notice.message;
    event.request_id = notice.request_id;
    switch (notice.kind) {
      case cloud::Notice::Kind::token_renewed:
        event.id = EventId::auth_renewed;
        event.msg = "a new token was issued";
        break;
      case cloud::Notice::Kind::auth_failed:
        event.id = EventId::auth_failed;
        event.msg = "the credential was refused";
        event.error_kind = ErrorKind::unauthorized;
        break;
      case cloud::Notice::Kind::clock_skewed:
        event.id = EventId::clock_skewed;
        event.msg = "schedules go by a clock that is wrong, or the service's is";
        break;
      case cloud::Notice::Kind::clock_agreed:
        event.id = EventId::clock_agreed;
        event.msg = "the clocks agree again";
        break;
      case cloud::Notice::Kind::legacy_paths:
        event.id = EventId::cloud_legacy_paths;
        event.msg =
            "in this region reports cannot be made and summary tasks cannot be watched; instances can be "
            "started";
        break;
      case cloud::Notice::Kind::current_paths:
        event.id = EventId::cloud_current_paths;
        event.msg = "this region has the current paths now: reports can be made";
        break;
      case cloud::Notice::Kind::malformed:
        event.id = EventId::cloud_malformed;
        event.msg = "part of an answer cannot be read; the rest is used";
        event.error_kind = ErrorKind::malformed;
        break;
    }
    events.emit(event);
  };
}

}  // namespace

Expected<std::unique_ptr<cloud::CloudApi>> client_of(const Ports& ports, const policy::Project& project) {
  return ports.clients(project, notices_of(ports, project.name));
}

}  // namespace dbssd::engine
