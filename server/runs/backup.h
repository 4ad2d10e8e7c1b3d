// A copy of the data directory of a server that goes on working.

#ifndef FNN_SERVER_RUNS_BACKUP_H_
#define FNN_SERVER_RUNS_BACKUP_H_

#include <string>

#include "absl/status/status.h"
#include "server/storage/file_system.h"
#include "server/storage/sqlite_catalogue.h"

namespace fnn::server {

// Copies `catalogue` and the files of the same data directory to the folder `to` of the host, which
// must not be there yet. A server that starts on the copy goes on from where this one was at one
// moment during the call: every run to the same bits. Safe from any thread.
//
// The catalogue is copied first, as of that moment. The files that it names never change, but for
// three kinds: a checkpoint is replaced by a later one, a log grows, an upload grows. Of these the
// copy may hold more than the catalogue knows, as after a crash; but a log says nothing there of an
// end that the catalogue does not know. A file that is gone means that what it belonged to ended or
// was deleted meanwhile: then all is copied anew.
//
// ALREADY_EXISTS where `to` is there, UNAVAILABLE where files go faster than they can be copied;
// errors of the disk. After an error nothing is left at `to`.
absl::Status BackUp(const SqliteCatalogue& catalogue, FileSystem* files, const std::string& to);

}  // namespace fnn::server

#endif  // FNN_SERVER_RUNS_BACKUP_H_
