#include "service/notify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

namespace dbssd::service {
namespace {

using namespace std::chrono_literals;
using testing::MatchesRegex;
using testing::StartsWith;

/// The service manager's end: a datagram socket in the abstract namespace, named by $NOTIFY_SOCKET.
class ServiceManager {
 public:
  ServiceManager() : fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    const std::string name = "dbssd-notify-test-" + std::to_string(getpid());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path + 1, name.data(), name.size());
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    if (fd_ < 0 || bind(fd_, reinterpret_cast<const sockaddr*>(&address), length) != 0) {
      throw std::runtime_error("no datagram socket");
    }
    setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  }
  ~ServiceManager() {
    unsetenv("NOTIFY_SOCKET");
    close(fd_);
  }
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  /// The oldest message that has not been heard yet; "" when there is none.
  [[nodiscard]] std::string hear() const {
    std::array<char, 4096> message{};
    const ssize_t size = recv(fd_, message.data(), message.size(), 0);
    return size < 0 ? std::string() : std::string(message.data(), static_cast<std::size_t>(size));
  }

 private:
  int fd_;
};

MonoTime at(std::chrono::nanoseconds since_boot) { return MonoTime(since_boot); }

TEST(Notify, SaysReadyWithAStatusLine) {
  const ServiceManager manager;
  notify_ready("3 projects, 5 reports");
  EXPECT_EQ(manager.hear(), "READY=1\nSTATUS=3 projects, 5 reports");
}

TEST(Notify, SaysStatusAndStopping) {
  const ServiceManager manager;
  notify_status("busy");
  notify_stopping("told to");
  EXPECT_EQ(manager.hear(), "STATUS=busy");
  EXPECT_EQ(manager.hear(), "STOPPING=1\nSTATUS=told to");
}

TEST(Notify, AStatusCannotForgeAnAssignment) {
  const ServiceManager manager;
  notify_ready("policy\nWATCHDOG=trigger\r\tx");
  EXPECT_EQ(manager.hear(), "READY=1\nSTATUS=policy WATCHDOG=trigger  x");
}

TEST(Notify, IsQuietlyNothingWithoutAManager) {
  unsetenv("NOTIFY_SOCKET");
  notify_ready("x");
  { Reloading reloading; }
  setenv("NOTIFY_SOCKET", "/nonexistent/notify", 1);
  notify_ready("x");
  unsetenv("NOTIFY_SOCKET");
}

TEST(Reloading, SaysReloadingWithTheMonotonicClockAndThenReady) {
  const ServiceManager manager;
  const auto before = std::chrono::steady_clock::now().time_since_epoch();
  {
    Reloading reloading;
    const std::string message = manager.hear();
    ASSERT_THAT(message, MatchesRegex("RELOADING=1\nMONOTONIC_USEC=[0-9]+"));
    const auto said = std::chrono::microseconds(std::stoll(message.substr(message.rfind('=') + 1)));
    EXPECT_GE(said, std::chrono::floor<std::chrono::microseconds>(before));
    EXPECT_LE(said, std::chrono::steady_clock::now().time_since_epoch());
    reloading.outcome("the new policy is refused");
    EXPECT_EQ(manager.hear(), "");
  }
  EXPECT_EQ(manager.hear(), "READY=1\nSTATUS=the new policy is refused");
}

TEST(Reloading, SaysReadyAlsoWhenTheReloadThrows) {
  const ServiceManager manager;
  try {
    const Reloading reloading;
    throw std::runtime_error("out of memory");
  } catch (const std::runtime_error&) {
  }
  EXPECT_THAT(manager.hear(), StartsWith("RELOADING=1"));
  EXPECT_EQ(manager.hear(), "READY=1");
}

TEST(Watchdog, IsToldWhileTheSlowestLaneAdvances) {
  const ServiceManager manager;
  const Watchdog watchdog(90s);
  EXPECT_TRUE(watchdog.beat(at(1000s), at(910s)));
  EXPECT_EQ(manager.hear(), "WATCHDOG=1");
}

TEST(Watchdog, IsToldNothingOnceALaneStandsStill) {
  const ServiceManager manager;
  const Watchdog watchdog(90s);
  EXPECT_FALSE(watchdog.beat(at(1000s), at(909s)));
  EXPECT_EQ(manager.hear(), "");
}

TEST(Watchdog, DoesNotTakeALaneThatSleepsForOneThatHangs) {
  const ServiceManager manager;
  const Watchdog watchdog(4s);
  EXPECT_TRUE(watchdog.beat(at(1000s), at(1000s - Watchdog::kLongestTurn)));
  EXPECT_EQ(manager.hear(), "WATCHDOG=1");
  EXPECT_FALSE(watchdog.beat(at(1000s), at(999s - Watchdog::kLongestTurn)));
}

TEST(Watchdog, IsToldNothingWhereNoneWasAskedFor) {
  const ServiceManager manager;
  EXPECT_TRUE(Watchdog(std::nullopt).beat(at(1000s), at(990s)));
  EXPECT_EQ(manager.hear(), "");
}

TEST(Watchdog, IsFedAtHalfItsIntervalAndNeverLessOftenThanTheLoopTurns) {
  EXPECT_EQ(Watchdog(90s).period(30s), 30s);
  EXPECT_EQ(Watchdog(10s).period(30s), 5s);
  EXPECT_EQ(Watchdog(1ms).period(30s), 0ms);
  EXPECT_EQ(Watchdog(std::nullopt).period(30s), 30s);
}

TEST(Watchdog, TakesItsIntervalFromTheManagerAndOnlyIfItIsMeant) {
  setenv("WATCHDOG_USEC", "90000000", 1);
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
  EXPECT_EQ(Watchdog::requested(), 90s);
  setenv("WATCHDOG_PID", "1", 1);
  EXPECT_EQ(Watchdog::requested(), std::nullopt);
  unsetenv("WATCHDOG_USEC");
  unsetenv("WATCHDOG_PID");
  EXPECT_EQ(Watchdog::requested(), std::nullopt);
}

}  // namespace
}  // namespace dbssd::service
