// A site whose waits are short.
#pragma once

#include "integration/harness/site.h"

namespace integration {

// A site where a minute takes two seconds, on the host and in its cloud alike. A call that lasts longer than
// kTimeout, which is then a second, is given up; after twice as long one that was lost is believed to be so.
class FastSite : public Site {
 public:
  static constexpr int kRate = 30;
  static constexpr seconds kTimeout{30};

  explicit FastSite(const json& fleet);

  // So much time is over, for the cloud and for each program that is begun from now on.
  void pass(seconds span);

 private:
  void set_clocks();
};

}  // namespace integration
