// A disk at which a server ends itself, as if it were killed, at an operation chosen before.

#ifndef FNN_TESTS_E2E_CRASH_FAILPOINTS_H_
#define FNN_TESTS_E2E_CRASH_FAILPOINTS_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/storage/catalogue.h"
#include "server/storage/file_system.h"

namespace fnn::e2e {

// Ends this process by SIGKILL before or after the n-th operation of a kind. Safe from any thread.
class Failpoint {
 public:
  // `text` is "before:sync:3" or "after:commit:1"; the operations are those of FailpointFiles and
  // `commit`. Empty: none. INVALID_ARGUMENT.
  static absl::StatusOr<std::unique_ptr<Failpoint>> Parse(absl::string_view text);

  // Runs `operation`, of the kind `name`.
  template <typename Operation>
  auto At(absl::string_view name, const Operation& operation) {
    const bool here = name == name_ && ++seen_ == number_;
    if (here && before_) Die();
    auto result = operation();
    if (here) Die();
    return result;
  }

 private:
  [[noreturn]] static void Die();

  bool before_ = false;
  std::string name_;
  int64_t number_ = 0;
  std::atomic<int64_t> seen_ = 0;
};

// create, open, write, sync, truncate, rename, remove, sync_directory. All given outlive it.
std::unique_ptr<server::FileSystem> FailpointFiles(server::FileSystem* files, Failpoint* failpoint);
std::unique_ptr<server::Catalogue> FailpointCatalogue(server::Catalogue* catalogue,
                                                      Failpoint* failpoint);

}  // namespace fnn::e2e

#endif  // FNN_TESTS_E2E_CRASH_FAILPOINTS_H_
