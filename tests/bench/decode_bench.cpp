// What reading a page of the list of instances costs.
#include <benchmark/benchmark.h>

#include <string>

#include "cloud/decode.h"

namespace dbssd::cloud {
namespace {

constexpr std::size_t kPage = 1000;

/// With every member that the service documents, most of which nobody here reads.
std::string page_of_instances() {
  std::string body = R"({"servers":[)";
  for (std::size_t i = 0; i < kPage; ++i) {
    const std::string number = std::to_string(100'000'000'000 + i);
    if (i != 0) body += ',';
    body += R"({"name":"prod-orders-)" + number + R"(","comment":"","connect_ipv6":null,"status":"ACTIVE",)" +
            R"("task":"NO_TASK","id":"0f7ba9f5-66f5-c7a2-8243-)" + number +
            R"(","specification":"Low | 3 Proxy","created":"2025-03-09 07:00:00","expired":null,)" +
            R"("zone":"ap-southeast-3a","vpc_id":"54d0b8b1-2f0c-4a4f-9a37-4a4a3f5b8d10",)" +
            R"("subnet_id":"9d1b1d1c-98b2-4c5c-8f0a-1f0f6a9b2c77","security_group_id":)" +
            R"("c8a5a7d2-0d3f-4f52-9a55-7f2f4b6d3e21","cpu":4,"ram":16384,"version":"21.04.16.164614",)" +
            R"("charge_model":"Demand","remain_days":null,"config_num":2,"effect":null,"scene":null,)" +
            R"("connect_ip":"192.168.0.7","port_id":"dc4bd420-66f5-c7a2-8243-)" + number +
            R"(","resource_id":"5181bfe6-67dc-9fa9-ba4c-)" + number +
            R"(","resource_spec_code":"dbss.bypassaudit.low","keep_days":null,"new_version":null,)" +
            R"("database_limit":3})";
  }
  return body + R"(],"total":)" + std::to_string(kPage) + '}';
}

void Decodes(benchmark::State& state) {
  std::string body = page_of_instances();
  body.reserve(body.size() + kPageMargin);  // as it comes out of the client
  for (auto _ : state) {
    const auto page = decode_instances(body);
    if (!page || page->items.size() != kPage) state.SkipWithError("instances are missing");
  }
  state.SetLabel("decoding a page of 1,000 instances");
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}
BENCHMARK(Decodes)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dbssd::cloud
