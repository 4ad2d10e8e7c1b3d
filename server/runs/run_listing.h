// What ListRuns filters and orders by.

#ifndef FNN_SERVER_RUNS_RUN_LISTING_H_
#define FNN_SERVER_RUNS_RUN_LISTING_H_

#include <memory>

#include "server/runs/run.h"
#include "server/store/page.h"

namespace fnn::server {

const Listing<std::shared_ptr<Run>>& RunListing();

}  // namespace fnn::server

#endif  // FNN_SERVER_RUNS_RUN_LISTING_H_
