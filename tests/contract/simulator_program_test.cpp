// The program itself: its first line, its port file, its end.
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "contract/simulated_cloud.h"

namespace contract {
namespace {

// dbss-sim as a child whose standard output is read here.
class Program {
 public:
  explicit Program(std::vector<std::string> arguments) {
    std::array<int, 2> ends{};
    EXPECT_EQ(pipe(ends.data()), 0);
    child_ = fork();
    if (child_ == 0) {
      dup2(ends[1], STDOUT_FILENO);
      close(ends[0]);
      std::vector<char*> argv{const_cast<char*>(DBSS_SIM_PROGRAM)};
      for (std::string& argument : arguments) argv.push_back(argument.data());
      argv.push_back(nullptr);
      execv(DBSS_SIM_PROGRAM, argv.data());
      _exit(127);
    }
    close(ends[1]);
    output_ = fdopen(ends[0], "r");
  }
  ~Program() {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
    std::fclose(output_);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  std::string all() {
    std::string text;
    for (std::string next = line(); !next.empty(); next = line()) text += next;
    return text;
  }
  std::string line() {
    std::array<char, 256> text{};
    return std::fgets(text.data(), static_cast<int>(text.size()), output_) == nullptr ? "" : text.data();
  }
  int exit_after(int signal) {
    if (signal != 0) kill(child_, signal);
    int status = 0;
    waitpid(child_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t child_ = -1;
  std::FILE* output_ = nullptr;
};

class SimulatorProgram : public testing::Test {
 protected:
  ~SimulatorProgram() override { std::filesystem::remove(port_file_); }

  const std::string port_file_ = testing::TempDir() + "dbss-sim-port-" + std::to_string(getpid());
};

TEST_F(SimulatorProgram, SaysWhereItListensAndServesThere) {
  Program program({"--port", "0", "--port-file", port_file_, "--instances", "3"});
  const std::string line = program.line();
  ASSERT_EQ(line.substr(0, 23), "listening on 127.0.0.1:");
  std::string port;
  std::getline(std::ifstream(port_file_), port);
  EXPECT_EQ(line.substr(23), port + "\n");
  RawClient client(static_cast<std::uint16_t>(std::stoi(port)));
  EXPECT_EQ(json::parse(client.send("GET", "/_sim/truth/counts").body)["instances"], 3);
}

TEST_F(SimulatorProgram, ExitsWithZeroOnEitherSignal) {
  for (const int signal : {SIGTERM, SIGINT}) {
    Program program({"--port", "0"});
    program.line();
    EXPECT_EQ(program.exit_after(signal), 0);
  }
}

TEST_F(SimulatorProgram, SpeaksTheDialectItIsToldTo) {
  Program program({"--port", "0", "--port-file", port_file_, "--dialect", "plain,list_shape=instances"});
  program.line();
  std::string port;
  std::getline(std::ifstream(port_file_), port);
  RawClient client(static_cast<std::uint16_t>(std::stoi(port)));
  const json all = json::parse(client.send("GET", "/_sim/behaviour").body);
  EXPECT_EQ(all["list_shape"], "instances");
  EXPECT_EQ(all["loose"], false);
}

TEST_F(SimulatorProgram, ListsTheDialectsAndRefusesOthersWithTwo) {
  Program help({"--dialect", "help"});
  const std::string text = help.all();
  EXPECT_NE(text.find("page_base=1, 0, both"), std::string::npos) << text;
  EXPECT_EQ(help.exit_after(0), 0);
  Program wrong({"--dialect", "page_base=2"});
  EXPECT_EQ(wrong.exit_after(0), 2);
}

TEST_F(SimulatorProgram, RefusesAFleetThatIsWrongWithTwo) {
  Program program({"--fleet", "/nonexistent/fleet.json"});
  EXPECT_EQ(program.exit_after(0), 2);
}

}  // namespace
}  // namespace contract
