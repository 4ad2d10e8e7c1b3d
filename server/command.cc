#include "server/command.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "grpc/support/log.h"
#include "server/base/errors.h"
#include "server/base/log.h"
#include "server/version.h"

namespace fnn::server {
namespace {

// Exit codes beside 0.
constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

struct Flags {
  ServerOptions options;
  std::string port_file;
  std::string backup_dir;
  std::string log_level = "info";
};

// The values of --log-level.
const std::map<std::string, LogLevel>& LogLevels() {
  static const auto& levels = *new std::map<std::string, LogLevel>{{"debug", LogLevel::kDebug},
                                                                   {"info", LogLevel::kInfo},
                                                                   {"warning", LogLevel::kWarning},
                                                                   {"error", LogLevel::kError},
                                                                   {"off", LogLevel::kOff}};
  return levels;
}

// A number of seconds, such as 0.5, as a flag for `duration`.
void AddSeconds(CLI::App& app, const std::string& name, absl::Duration* duration,
                const std::string& description) {
  app.add_option_function<double>(
         name, [duration](double seconds) { *duration = absl::Seconds(seconds); }, description)
      ->check(CLI::Range(0.0, 86400.0))
      ->type_name("SECONDS")
      ->default_str(absl::StrCat(absl::ToDoubleSeconds(*duration)));
}

// A number of bytes, such as 64MiB, as a flag for `bytes`.
void AddBytes(CLI::App& app, const std::string& name, int64_t* bytes,
              const std::string& description, const std::string& fallback) {
  app.add_option(name, *bytes, description)
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false))
      ->type_name("BYTES")
      ->default_str(fallback);
}

void Describe(CLI::App& app, Flags& flags) {
  ServerOptions& options = flags.options;
  app.set_version_flag("--version", absl::StrCat("fnn-server ", Version()));
  app.add_option("--listen", options.listen, "Where to listen; port 0 takes a free one")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  app.add_flag("--insecure-allow-remote", options.allow_remote,
               "Let --listen be an address that other machines reach. Nothing is encrypted and "
               "nobody is asked who he is: only on a network that you trust");
  app.add_option(
         "--data-dir", options.data_dir,
         "A directory of the server's own, created where it is not there, for all that it "
         "keeps: a server that starts with it goes on where the one before was, however that "
         "ended. Default: none; all is in memory and ends with the server")
      ->type_name("DIR");
  app.add_option(
         "--backup-dir", flags.backup_dir,
         "Where SIGUSR1 copies --data-dir to, in a folder named by the time, while the server "
         "goes on; a server that starts on the copy goes on from that moment")
      ->type_name("DIR");
  app.add_option("--port-file", flags.port_file,
                 "A file to write the port to, once the server serves")
      ->type_name("FILE");
  app.add_option("--training-threads", options.training_threads,
                 "Threads that all trainings share; 0: one a processor that this process may use")
      ->check(CLI::Range(0, 4096))
      ->capture_default_str();
  app.add_option("--workers", options.workers,
                 "Runs that train at once, at most --training-threads; 0: as many as that")
      ->check(CLI::Range(0, 4096))
      ->capture_default_str();
  AddBytes(app, "--memory-budget", &options.memory_budget,
           "Memory for all runs that train, together", "70% of the machine's or container's");
  AddBytes(app, "--storage-budget", &options.storage_budget,
           "Memory for what is kept: with --data-dir descriptions and parameters in use, else "
           "all of it",
           "20% of the same");
  AddBytes(app, "--max-dataset-bytes", &options.max_dataset_bytes,
           "The largest file that becomes a dataset, as it is sent and decompressed",
           "1GiB; without --data-dir a fourth of --storage-budget where that is less");
  AddBytes(app, "--max-upload-bytes", &options.max_upload_bytes,
           "All files together that are being uploaded", "16 times --max-dataset-bytes");
  AddBytes(app, "--max-message-bytes", &options.max_message_bytes, "The largest message taken",
           "4MiB");
  app.add_option("--max-queued-runs", options.max_queued_runs, "Runs that wait at most")
      ->check(CLI::Range(int64_t{0}, int64_t{1'000'000}))
      ->capture_default_str();
  app.add_option("--max-finished-runs", options.max_finished_runs,
                 "Ended runs that are kept; the oldest go first; 0: no such limit")
      ->check(CLI::Range(int64_t{0}, int64_t{1'000'000}))
      ->capture_default_str();
  AddBytes(app, "--max-finished-bytes", &options.max_finished_bytes,
           "What the logs of ended runs may take; the oldest go first; 0: no such limit", "0");
  app.add_option_function<double>(
         "--max-finished-days",
         [&options](double days) { options.max_finished_age = absl::Hours(24 * days); },
         "How long ended runs are kept; 0: no such limit")
      ->check(CLI::Range(0.0, 36500.0))
      ->type_name("DAYS")
      ->default_str("0");
  app.add_option_function<double>(
         "--checkpoint-interval",
         [&options](double seconds) { options.checkpoint_interval = absl::Seconds(seconds); },
         "How often a run that says nothing of it saves a checkpoint, with --data-dir")
      ->check(CLI::Range(1.0, 86400.0))
      ->type_name("SECONDS")
      ->default_str("60");
  app.add_option(
         "--max-isa", options.max_isa,
         "The newest instruction set to use, one of those that the processor has: avx512, avx2, "
         "neon or baseline. All but baseline give the same bits. Default: the best")
      ->type_name("LEVEL");
  AddSeconds(app, "--disconnect-grace", &options.disconnect_grace,
             "How long a run that Train started waits for its client to come back, where the "
             "request does not say");
  AddSeconds(app, "--drain-timeout", &options.drain_timeout,
             "How long running runs may take after SIGTERM or SIGINT to save a checkpoint or, "
             "without --data-dir, to end; a second signal ends the wait");
  app.add_option("--log-level", flags.log_level, "debug, info, warning, error or off")
      ->check([](const std::string& level) {
        return LogLevels().contains(level)
                   ? std::string()
                   : "must be debug, info, warning, error or off, not " + level;
      })
      ->type_name("LEVEL")
      ->capture_default_str();
  app.footer(
      "Examples:\n"
      "  fnn-server --listen 127.0.0.1:50051\n"
      "  fnn-server --listen 127.0.0.1:0 --data-dir /var/lib/fnn --port-file /run/fnn/port\n"
      "  fnn-server --training-threads 4 --memory-budget 8GiB --log-level debug\n"
      "\n"
      "SIGTERM and SIGINT drain the server, then it exits with 0.");
}

// Written beside the file and renamed, so that who sees the file sees the whole number.
bool WritePortFile(const std::string& path, int port) {
  const std::string text = absl::StrCat(port, "\n");
  const std::string temporary = absl::StrCat(path, ".", getpid(), ".tmp");
  const int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return false;
  const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (close(file) == 0 && written && rename(temporary.c_str(), path.c_str()) == 0) return true;
  unlink(temporary.c_str());
  return false;
}

// Into a folder of its own, named by the time.
void BackUp(Server& server, const std::string& directory) {
  if (directory.empty())
    return LogWarning("SIGUSR1 asks for a backup, and --backup-dir is not given");
  const std::string to = absl::StrCat(
      directory, "/", absl::FormatTime("%Y%m%dT%H%M%E3SZ", absl::Now(), absl::UTCTimeZone()));
  if (const absl::Status status = server.BackUp(to); status.ok()) {
    LogInfo(absl::StrCat("backed up to ", to));
  } else {
    LogError(absl::StrCat("no backup: ", status.message()));
  }
}

int Serve(const Flags& flags, const sigset_t& signals) {
  absl::StatusOr<std::unique_ptr<Server>> started = Server::Start(flags.options);
  if (!started.ok()) {
    LogError(std::string(started.status().message()));
    if (ErrorReason(started.status()) == "INSECURE_ADDRESS") {
      LogError("--insecure-allow-remote says that this is wanted");
    }
    return kFailed;
  }
  Server& server = **started;
  if (!flags.port_file.empty() && !WritePortFile(flags.port_file, server.port())) {
    LogError(absl::StrCat("--port-file: can't write ", flags.port_file));
    return kFailed;
  }
  LogInfo(absl::StrCat("fnn-server ", Version(), " serves at ", server.address(),
                       flags.options.data_dir.empty() ? "; what it keeps ends with it" : ""));

  int signal = 0;
  while (sigwait(&signals, &signal) == 0 && signal == SIGUSR1) BackUp(server, flags.backup_dir);
  LogInfo(absl::StrCat("draining: ", strsignal(signal)));
  std::atomic<bool> drained = false;
  std::thread second([&] {
    int again = 0;
    sigwait(&signals, &again);
    if (!drained) server.HurryDrain();
  });
  server.Drain();
  drained = true;
  pthread_kill(second.native_handle(), SIGINT);  // Blocked: it only ends the sigwait.
  second.join();
  if (!flags.port_file.empty()) unlink(flags.port_file.c_str());
  LogInfo("drained");
  return EXIT_SUCCESS;
}

int Start(int argc, char** argv, absl::FunctionRef<absl::Status(ServerOptions&)> adjust) {
  // Blocked before any thread is made, so that none of them gets the signals: sigwait does.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGXFSZ, SIG_IGN);  // A file that may grow no further is an error of its write.
  // gRPC's own messages are for who looks for a fault in it.
  gpr_set_log_function(+[](gpr_log_func_args* entry) { LogDebug(entry->message); });

  Flags flags;
  CLI::App app("Trains feed-forward neural networks and predicts with them, over gRPC.",
               "fnn-server");
  Describe(app, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? EXIT_SUCCESS : kWrongUsage;
  }
  SetLogLevel(LogLevels().at(flags.log_level));
  if (absl::Status status = adjust(flags.options); !status.ok()) {
    LogError(std::string(status.message()));
    return kFailed;
  }
  return Serve(flags, signals);
}

}  // namespace

int RunCommand(int argc, char** argv, absl::FunctionRef<absl::Status(ServerOptions&)> adjust) {
  try {
    return Start(argc, argv, adjust);
  } catch (const std::exception& error) {
    std::fputs(error.what(), stderr);
    return EXIT_FAILURE;
  }
}

}  // namespace fnn::server
