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

namespace fnn::server {

// Sizes are in bytes; 0 stands for a default that depends on the machine.
struct ServerOptions {
  // HOST:PORT; port 0 takes a free one.
  std::string listen = "127.0.0.1:50051";
  // Whether HOST may be more than this machine. Nothing is encrypted and nobody is asked who he is.
  bool allow_remote = false;

  // A directory of the server's own, created where it is not there: the values of datasets are kept
  // in files of it, that end with the server. Default: none, they are kept in memory.
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
  // For what is kept in memory: uploads, datasets (with data_dir all but their values), models,
  // logs. Default: 20 % of that memory.
  int64_t storage_budget = 0;
  // The largest file that becomes a dataset, as it is sent and decompressed. Default: 1 GiB, or a
  // fourth of storage_budget where that is less.
  int64_t max_dataset_bytes = 0;
  int64_t max_queued_runs = 1000;
  // Runs that are kept once they have ended; the oldest go first, earlier where storage runs out.
  int64_t max_finished_runs = 1000;
  int64_t max_predicted_values = int64_t{16} << 20;

  // The newest instruction set that the engine may use: baseline, avx2 or avx512. Default: the best
  // that the processor has.
  std::string max_isa;

  // How long a run started by Train waits for its client where the request does not say.
  absl::Duration disconnect_grace = absl::Seconds(30);
  // When an upload is given up to which nothing comes.
  absl::Duration upload_expiry = absl::Hours(1);
  // How long Drain waits for running runs.
  absl::Duration drain_timeout = absl::Seconds(30);

  Publisher::Options publisher;
  WatchCursor::Options watch;
};

class Server {
 public:
  // Serves once it returns. INVALID_ARGUMENT for options that make no sense, FAILED_PRECONDITION
  // for a host that is not this machine without allow_remote, UNAVAILABLE where the address or
  // data_dir can't be had.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options);

  // Ends at once, without waiting for runs.
  ~Server();

  int port() const;
  // HOST:PORT with the port that was taken.
  const std::string& address() const;

  // Shuts down in good order: health says NOT_SERVING and nothing new is accepted (UNAVAILABLE);
  // running runs may end and their watchers see it, for drain_timeout; then what still runs stops
  // where it is, watchers end with UNAVAILABLE, and no run is marked as cancelled. Call once.
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
