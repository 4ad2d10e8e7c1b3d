// Included first by every source of the thread-sanitizer build: there map_field.h gives map fields two
// more members, which the packaged libprotobuf, built without, knows nothing of.

#ifndef FNN_PROTO_THREAD_SANITIZER_H_
#define FNN_PROTO_THREAD_SANITIZER_H_

#pragma push_macro("__SANITIZE_THREAD__")
#undef __SANITIZE_THREAD__
#include <google/protobuf/map_field.h>
#pragma pop_macro("__SANITIZE_THREAD__")

#endif  // FNN_PROTO_THREAD_SANITIZER_H_
