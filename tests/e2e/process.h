// Programs run as a user would run them.

#ifndef FNN_TESTS_E2E_PROCESS_H_
#define FNN_TESTS_E2E_PROCESS_H_

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace fnn::e2e {

struct Finished {
  int exit_code = -1;  // 128 + the signal where one ended it.
  std::string out;
  std::string err;
};

// Runs a program to its end with `input` as its standard input. `environment` is added to this
// process's.
Finished RunProgram(const std::vector<std::string>& command, const std::string& input = "",
                    const std::vector<std::string>& environment = {});

// A folder of its own under the system's temporary folder, removed with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// fnn-server on a free port of the loopback interface, killed with the object.
class ServerProcess {
 public:
  // Returns once it serves, which its port file tells; `extra` are further arguments.
  explicit ServerProcess(const std::vector<std::string>& extra = {});
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  const std::string& address() const { return address_; }
  pid_t pid() const { return pid_; }
  // Sends a signal and waits for the end; gives the exit code.
  int Stop(int signal);
  // Starts it again, once it has stopped, on the same data and the same port.
  void Start();

 private:
  const std::vector<std::string> extra_;
  TemporaryFolder folder_;
  pid_t pid_ = -1;
  std::string address_;
};

// The path of a program of this build.
std::string Program(const std::string& name);

}  // namespace fnn::e2e

#endif  // FNN_TESTS_E2E_PROCESS_H_
