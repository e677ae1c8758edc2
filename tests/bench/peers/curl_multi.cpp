// What the calls alone cost: sends those that it reads from standard input and looks at nothing but the
// statuses.
//
//     curl_multi URL CONNECTIONS < CALLS
//
// A call is a line: project, method, target and body, with tabs between them. An empty line waits until all
// before it are answered. A token that an answer brings goes with the later calls of its project.
#include <curl/curl.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct Call {
  std::string project, method, target, body;
};
using Tokens = std::map<std::string, std::string, std::less<>>;  // by project: the whole header

struct FreeSlist {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

// One call at a time, and the connection stays.
struct Line {
  std::unique_ptr<CURL, FreeEasy> easy{curl_easy_init()};
  std::unique_ptr<curl_slist, FreeSlist> headers;
  const Call* call = nullptr;
  Tokens* tokens = nullptr;
};

std::size_t discard(char*, std::size_t, std::size_t bytes, void*) { return bytes; }

std::size_t keep_token(char* text, std::size_t, std::size_t bytes, void* line) {
  constexpr std::string_view kName = "X-Subject-Token: ";
  const std::string_view header(text, bytes);
  if (header.size() > kName.size() + 2 && curl_strnequal(text, kName.data(), kName.size()) != 0) {
    const auto& [_, __, call, tokens] = *static_cast<Line*>(line);
    (*tokens)[call->project] =
        "X-Auth-Token:" + std::string(header.substr(kName.size(), header.size() - kName.size() - 2));
  }
  return bytes;
}

[[noreturn]] void give_up(const Call& call, const std::string& why) {
  std::cerr << call.method << ' ' << call.target << ": " << why << '\n';
  std::exit(1);
}

void begin(CURLM* multi, Line& line, const std::string& url, const Call& call) {
  CURL* easy = line.easy.get();
  line.call = &call;
  curl_slist* headers = nullptr;
  const auto add = [&headers](const char* header) { headers = curl_slist_append(headers, header); };
  if (const auto token = line.tokens->find(call.project); token != line.tokens->end()) {
    add(token->second.c_str());
  }
  // As dbssd's client writes them.
  for (const char* header : {"Accept:", "User-Agent:cpprestsdk/2.10.18", "Connection: Keep-Alive"})
    add(header);
  if (call.method == "POST") {
    add("Content-Type:application/json");
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call.body.c_str());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(call.body.size()));
  } else {
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
  }
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  line.headers.reset(headers);
  curl_easy_setopt(easy, CURLOPT_URL, (url + call.target).c_str());
  curl_easy_setopt(easy, CURLOPT_PRIVATE, &line);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, keep_token);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &line);
  curl_multi_add_handle(multi, easy);
}

void check(const Call& call, CURL* easy, CURLcode result) {
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  if (result != CURLE_OK) give_up(call, curl_easy_strerror(result));
  if (status / 100 != 2) give_up(call, std::to_string(status));
}

// All of them, in no order.
void send(CURLM* multi, std::vector<Line>& lines, const std::string& url, const std::vector<Call>& calls) {
  std::size_t next = 0;
  for (Line& line : lines) {
    if (next < calls.size()) begin(multi, line, url, calls[next++]);
  }
  for (int running = 1; running > 0;) {
    curl_multi_perform(multi, &running);
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* easy = message->easy_handle;
      Line* line = nullptr;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &line);
      check(*line->call, easy, message->data.result);
      curl_multi_remove_handle(multi, easy);
      if (next < calls.size()) {
        begin(multi, *line, url, calls[next++]);
        running = 1;
      }
    }
    if (running > 0) curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
  }
}

std::vector<std::vector<Call>> read_calls(std::istream& in) {
  std::vector<std::vector<Call>> steps(1);
  for (std::string text; std::getline(in, text);) {
    if (text.empty()) {
      steps.emplace_back();
      continue;
    }
    std::istringstream fields(text);
    Call call;
    std::getline(fields, call.project, '\t');
    std::getline(fields, call.method, '\t');
    std::getline(fields, call.target, '\t');
    std::getline(fields, call.body);
    steps.back().push_back(std::move(call));
  }
  return steps;
}

}  // namespace

int main(int argc, char** argv) {
  const int connections = argc == 4 ? std::atoi(argv[2]) : 0;
  std::ifstream file(connections > 0 ? argv[3] : "");
  if (!file) {
    std::cerr << "curl_multi URL CONNECTIONS CALLS\n";
    return 2;
  }
  const auto steps = read_calls(file);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURLM, FreeMulti> multi(curl_multi_init());
  curl_multi_setopt(multi.get(), CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(connections));
  Tokens tokens;
  std::vector<Line> lines(static_cast<std::size_t>(connections));
  for (Line& line : lines) line.tokens = &tokens;
  for (const auto& calls : steps) send(multi.get(), lines, argv[1], calls);
}
