#include "server/command.h"

int main(int argc, char** argv) {
  return fnn::server::RunCommand(argc, argv,
                                 [](fnn::server::ServerOptions&) { return absl::OkStatus(); });
}
