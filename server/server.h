// The whole server in one object: what main and the tests start.
//
//   ServerOptions options;
//   absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(options);
//   ... (*server)->address() ...
//   (*server)->Drain();

#ifndef FNN_SERVER_SERVER_H_
#define FNN_SERVER_SERVER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/runs/publisher.h"
#include "server/runs/watch_cursor.h"
#include "server/storage/catalogue.h"
#include "server/storage/file_system.h"

namespace fnn::server {

// Sizes are in bytes; 0 stands for a default that depends on the machine.
struct ServerOptions {
  // HOST:PORT; port 0 takes a free one.
  std::string listen = "127.0.0.1:50051";
  // Whether HOST may be more than this machine. Nothing is encrypted and nobody is asked who he is.
  bool allow_remote = false;

  // A directory of the server's own, created where it is not there: all that the server keeps is
  // there, and goes on when it starts again. One server at a time has it. Default: none; all is
  // kept in memory, and ends with the server.
  std::string data_dir;

  // The largest message taken.
  int64_t max_message_bytes = int64_t{4} << 20;
  // Threads that all trainings share. Default: one for each processor that this process may use.
  int training_threads = 0;
  // Runs that train at once, each on a thread at least: more than training_threads come to that
  // many. Default: training_threads.
  int workers = 0;
  // For all runs that train, together: networks, optimisers, tables. Default: 70 % of the memory
  // that this process may use.
  int64_t memory_budget = 0;
  // For what is kept in memory: descriptions of all that there is, parameters in use; without
  // data_dir also uploads, the values of datasets, parameters and logs. Default: 20 % of that
  // memory.
  int64_t storage_budget = 0;
  // The largest file that becomes a dataset, as it is sent and decompressed. Default: 1 GiB, or
  // without data_dir a fourth of storage_budget where that is less.
  int64_t max_dataset_bytes = 0;
  // All files together that are being uploaded. Default: 16 times max_dataset_bytes.
  int64_t max_upload_bytes = 0;
  int64_t max_queued_runs = 1000;
  // Runs that are kept once they have ended, the bytes of their logs, and for how long; the oldest
  // go first, earlier where storage runs out. 0: no such limit.
  int64_t max_finished_runs = 1000;
  int64_t max_finished_bytes = 0;
  absl::Duration max_finished_age = absl::ZeroDuration();
  // How often a run saves a checkpoint that says nothing of it.
  absl::Duration checkpoint_interval = absl::Minutes(1);
  int64_t max_predicted_values = int64_t{16} << 20;

  // The newest instruction set that the engine may use: baseline, avx2 or avx512. Default: the best
  // that the processor has.
  std::string max_isa;

  // How long a run started by Train waits for its client where the request does not say.
  absl::Duration disconnect_grace = absl::Seconds(30);
  // When an upload is given up to which nothing comes.
  absl::Duration upload_expiry = absl::Hours(1);
  // How long Drain waits for running runs: to save a checkpoint with data_dir, else to end.
  absl::Duration drain_timeout = absl::Seconds(30);

  // For tests, instead of data_dir's; not owned.
  Catalogue* catalogue = nullptr;
  FileSystem* files = nullptr;
  Publisher::Options publisher;
  WatchCursor::Options watch;
};

class Server {
 public:
  // Serves once it returns. INVALID_ARGUMENT for options that make no sense, FAILED_PRECONDITION
  // for a host that is not this machine without allow_remote, and for a data_dir that another
  // server has, UNAVAILABLE where the address or data_dir can't be had, DATA_LOSS where the
  // catalogue in it is damaged.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options);

  // Ends at once, without waiting for runs.
  ~Server();

  int port() const;
  // HOST:PORT with the port that was taken.
  const std::string& address() const;

  // Copies data_dir, as it is at one moment, to the folder `to`, which is not there yet
  // (server/runs/backup.h). FAILED_PRECONDITION without a data_dir.
  absl::Status BackUp(const std::string& to);

  // Shuts down in good order: health says NOT_SERVING and nothing new is accepted (UNAVAILABLE).
  // With data_dir running runs save a checkpoint and stop, to go on after a restart; without, they
  // may end and their watchers see it; for drain_timeout. Then what still runs stops where it is,
  // watchers end with UNAVAILABLE, and no run is marked as cancelled. Call once.
  void Drain();
  // Has a Drain that waits on another thread wait no longer.
  void HurryDrain();

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_SERVER_H_
