// What a server does with its disk, in small, and what must be there afterwards: for tests in which
// the disk fails.

#ifndef FNN_TESTS_SERVER_STORAGE_WORKLOADS_H_
#define FNN_TESTS_SERVER_STORAGE_WORKLOADS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/server/storage/power_loss_disk.h"

namespace fnn::testing {

// Goes through numbered steps. A step that returned OK is acknowledged.
class Workload {
 public:
  virtual ~Workload() = default;

  // Opens what there is; called first, and again after Close.
  virtual absl::Status Open() = 0;
  // Makes the step after the last acknowledged one.
  virtual absl::Status Step() = 0;
  virtual void Close() = 0;
  // An error unless exactly what was acknowledged is there, and perhaps of the next step all or
  // what its kind allows. A log or a catalogue must keep what it has shown: that counts as
  // acknowledged.
  virtual absl::Status Check() = 0;

  int acknowledged() const { return acknowledged_; }

 protected:
  int acknowledged_ = 0;
};

struct WorkloadKind {
  const char* name;
  std::unique_ptr<Workload> (*make)(PowerLossDisk* disk);
  int steps;
};

// Checked files that are written over; a log; a catalogue, and its backup.
const std::vector<WorkloadKind>& WorkloadKinds();

}  // namespace fnn::testing

#endif  // FNN_TESTS_SERVER_STORAGE_WORKLOADS_H_
