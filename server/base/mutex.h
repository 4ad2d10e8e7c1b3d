// core/base/mutex.h under the server's name.

#ifndef FNN_SERVER_BASE_MUTEX_H_
#define FNN_SERVER_BASE_MUTEX_H_

#include "core/base/mutex.h"

namespace fnn::server {

using core::CondVar;
using core::Mutex;
using core::MutexLock;

}  // namespace fnn::server

#endif  // FNN_SERVER_BASE_MUTEX_H_
