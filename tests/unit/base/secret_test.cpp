#include "base/secret.h"

#include <gtest/gtest.h>

#include <concepts>
#include <cstring>
#include <new>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace dbssd {
namespace {

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) {
  out << value;
};
template <class T>
concept Comparable = requires(const T& a, const T& b) {
  a == b;
};

TEST(Secret, CannotBePrintedConvertedOrCompared) {
  EXPECT_FALSE(Streamable<Secret>);
  EXPECT_FALSE(Comparable<Secret>);
  EXPECT_FALSE((std::is_convertible_v<Secret, std::string>));
  EXPECT_FALSE((std::is_convertible_v<Secret, std::string_view>));
  EXPECT_FALSE((std::is_convertible_v<std::string, Secret>))
      << "text becomes a secret only where that is said";
}

TEST(Secret, RevealsWhatItWasGiven) {
  EXPECT_EQ(Secret("hunter2 and a tail that needs the heap").reveal(),
            "hunter2 and a tail that needs the heap");
  EXPECT_TRUE(Secret().empty());
  EXPECT_FALSE(Secret("x").empty());
}

TEST(Secret, IsCopiedAndMovedWhole) {
  Secret first("correct horse battery staple");
  Secret copy(first);
  EXPECT_EQ(copy.reveal(), first.reveal());
  Secret moved(std::move(first));
  EXPECT_EQ(moved.reveal(), "correct horse battery staple");
  EXPECT_TRUE(
      first.empty());  // NOLINT(bugprone-use-after-move): that a moved-from secret is empty is the promise
  copy = Secret("other");
  EXPECT_EQ(copy.reveal(), "other");
  copy = *&copy;
  EXPECT_EQ(copy.reveal(), "other");
  moved = copy;
  EXPECT_EQ(moved.reveal(), "other");
}

/// A short text lives inside the object, so that the storage shows what a destructor left behind.
class Storage {
 public:
  template <class... Args>
  Secret& make(Args&&... args) {
    return *new (bytes_) Secret(std::forward<Args>(args)...);
  }
  [[nodiscard]] bool holds(std::string_view text) const {
    return std::string_view(reinterpret_cast<const char*>(bytes_), sizeof bytes_).find(text) !=
           std::string_view::npos;
  }

 private:
  alignas(Secret) unsigned char bytes_[sizeof(Secret)] = {};
};

TEST(Secret, LeavesNoTraceWhereItWas) {
  Storage storage;
  Secret& secret = storage.make("s3cr3t-pin");
  ASSERT_TRUE(storage.holds("s3cr3t-pin"));
  secret.~Secret();
  EXPECT_FALSE(storage.holds("3cr3t"));
}

TEST(Secret, LeavesNoTraceWhereItMovedAwayFrom) {
  Storage storage;
  Secret& secret = storage.make("s3cr3t-pin");
  const Secret elsewhere(std::move(secret));
  EXPECT_FALSE(storage.holds("3cr3t"));
  secret.~Secret();
}

TEST(Secret, LeavesNoTraceOfWhatItReplaced) {
  Storage storage;
  Secret& secret = storage.make("s3cr3t-pin");
  secret = Secret("x");
  EXPECT_FALSE(storage.holds("cr3t"));
  secret.~Secret();
}

}  // namespace
}  // namespace dbssd
