#include <unistd.h>

#include "cli/command.h"

int main(int argc, char** argv) {
  const int status = dbssd::cli::main(argc, argv);
  // Everything is written and closed. Leaving by exit() would join the HTTP library's threads, and one of
  // them can spend ten seconds on a name server that does not answer.
  _exit(status);
}
