#include "tests/e2e/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>

extern char** environ;

namespace fnn::e2e {
namespace {

// How long a server may take to start, or a program to answer, before a test gives up.
constexpr int kPatienceMilliseconds = 100'000;

[[noreturn]] void Fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::string(strerror(errno)));
}

std::array<int, 2> Pipe() {
  std::array<int, 2> ends;
  if (pipe2(ends.data(), O_CLOEXEC) != 0) Fail("pipe2");
  return ends;
}

std::vector<char*> Pointers(const std::vector<std::string>& strings) {
  std::vector<char*> out;
  for (const std::string& string : strings) out.push_back(const_cast<char*>(string.c_str()));
  return out;
}

pid_t Spawn(const std::vector<std::string>& command, const std::vector<std::string>& environment,
            const posix_spawn_file_actions_t* actions) {
  std::vector<char*> arguments = Pointers(command);
  arguments.push_back(nullptr);
  std::vector<char*> variables = Pointers(environment);
  for (char** variable = environ; *variable != nullptr; ++variable) variables.push_back(*variable);
  variables.push_back(nullptr);
  pid_t pid = -1;
  errno =
      posix_spawnp(&pid, command[0].c_str(), actions, nullptr, arguments.data(), variables.data());
  if (errno != 0) Fail("cannot run " + command[0]);
  return pid;
}

int Wait(pid_t pid) {
  int status = 0;
  if (waitpid(pid, &status, 0) != pid) Fail("waitpid");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Writes and reads whatever is ready until both outputs end.
void Exchange(std::string input, int in, int out, int err, Finished& result) {
  while (out >= 0 || err >= 0) {
    if (in >= 0 && input.empty()) {
      close(in);
      in = -1;
    }
    std::array<pollfd, 3> files{{{in, POLLOUT, 0}, {out, POLLIN, 0}, {err, POLLIN, 0}}};
    const int ready = poll(files.data(), files.size(), kPatienceMilliseconds);
    if (ready == 0) throw std::runtime_error("the program neither speaks nor ends");
    if (ready < 0) Fail("poll");
    if (files[0].revents != 0) {
      const ssize_t written = write(in, input.data(), input.size());
      input.erase(0, written < 0 ? input.size() : static_cast<size_t>(written));
    }
    const auto take = [](const pollfd& file, int& end, std::string& text) {
      if (file.revents == 0) return;
      std::array<char, 65536> buffer;
      const ssize_t count = read(end, buffer.data(), buffer.size());
      if (count > 0) {
        text.append(buffer.data(), count);
      } else {
        close(end);
        end = -1;
      }
    };
    take(files[1], out, result.out);
    take(files[2], err, result.err);
  }
  if (in >= 0) close(in);
}

}  // namespace

Finished RunProgram(const std::vector<std::string>& command, const std::string& input,
                    const std::vector<std::string>& environment) {
  std::signal(SIGPIPE, SIG_IGN);
  const auto in = Pipe();
  const auto out = Pipe();
  const auto err = Pipe();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
  const pid_t pid = Spawn(command, environment, &actions);
  posix_spawn_file_actions_destroy(&actions);
  close(in[0]);
  close(out[1]);
  close(err[1]);
  Finished result;
  Exchange(input, in[1], out[0], err[0], result);
  result.exit_code = Wait(pid);
  return result;
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "fnn-e2e-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) Fail("mkdtemp");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

ServerProcess::ServerProcess(const std::vector<std::string>& extra)
    : extra_(extra), address_("127.0.0.1:0") {
  Start();
}

void ServerProcess::Start() {
  const std::filesystem::path port_file = folder_.path() / "port";
  std::filesystem::remove(port_file);  // One that was killed leaves it.
  // The port file appears by a rename, which the folder's watch tells; the pipe's end tells that
  // the server died.
  const int watch = inotify_init1(IN_CLOEXEC);
  if (inotify_add_watch(watch, folder_.path().c_str(), IN_MOVED_TO | IN_CLOSE_WRITE) < 0) {
    Fail("inotify_add_watch");
  }
  const auto alive = Pipe();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, alive[1], 9);
  std::vector<std::string> command = {Program("fnn-server"),
                                      "--listen",
                                      address_,
                                      "--data-dir",
                                      (folder_.path() / "data").string(),
                                      "--port-file",
                                      port_file.string()};
  command.insert(command.end(), extra_.begin(), extra_.end());
  pid_ = Spawn(command, {}, &actions);
  posix_spawn_file_actions_destroy(&actions);
  close(alive[1]);
  while (!std::filesystem::exists(port_file)) {
    std::array<pollfd, 2> files{{{watch, POLLIN, 0}, {alive[0], POLLIN, 0}}};
    const int ready = poll(files.data(), files.size(), kPatienceMilliseconds);
    if (ready <= 0 || files[1].revents != 0) throw std::runtime_error("fnn-server did not start");
    std::array<char, 4096> events;
    if (read(watch, events.data(), events.size()) < 0) Fail("inotify");
  }
  close(watch);
  close(alive[0]);
  std::string port;
  std::getline(std::ifstream(port_file), port);
  address_ = "127.0.0.1:" + port;
}

ServerProcess::~ServerProcess() {
  if (pid_ > 0) Stop(SIGKILL);
}

int ServerProcess::Stop(int signal) {
  kill(pid_, signal);
  const int code = Wait(pid_);
  pid_ = -1;
  return code;
}

std::string Program(const std::string& name) { return std::string(FNN_BINARY_DIR "/bin/") + name; }

}  // namespace fnn::e2e
