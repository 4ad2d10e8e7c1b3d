// The catalogue of models and their versions.

#ifndef FNN_SERVER_STORE_MODEL_STORE_H_
#define FNN_SERVER_STORE_MODEL_STORE_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/network.h"
#include "fnn/v1/model.pb.h"
#include "server/base/memory_budget.h"
#include "server/store/names.h"
#include "server/store/page.h"

namespace fnn::server {

// A trained network with what is known of it. Immutable.
struct ModelVersion {
  v1::ModelVersion message;
  core::Network network;
};

// Holds a model for a run that trains it: while a copy of it lives, the model is not
// deleted.
using ModelPin = std::shared_ptr<const void>;

// A model with a pin on it.
struct PinnedModel {
  v1::Model model;
  ModelPin pin;
};

// Safe from any thread. Names given to it have been validated (names.h).
class ModelStore {
 public:
  virtual ~ModelStore() = default;

  // Keeps `network` as `models/{id}`; an empty id has one made. ALREADY_EXISTS, RESOURCE_EXHAUSTED.
  // The model comes pinned, so that a run created with it finds it.
  virtual absl::StatusOr<PinnedModel> Create(const std::string& id, const v1::Network& network,
                                             int64_t parameter_count) = 0;

  // ALREADY_EXISTS where `name` is taken.
  virtual absl::Status CheckFree(const std::string& name) const = 0;

  // NOT_FOUND.
  virtual absl::StatusOr<v1::Model> Get(const std::string& name) const = 0;
  virtual Page<v1::Model> List(const PageRequest& page) const = 0;

  // NOT_FOUND; FAILED_PRECONDITION while it is pinned. What holds a version keeps it.
  virtual absl::Status Delete(const std::string& name) = 0;

  // NOT_FOUND.
  virtual absl::StatusOr<PinnedModel> Pin(const std::string& name) = 0;

  // Publishes the next version of a pinned model; `memory` is what its parameters were accounted
  // with. The first version sets the model's network, with its input's shape, to that of
  // `network`'s plan. FAILED_PRECONDITION where another run has set another input width since.
  virtual absl::StatusOr<v1::ModelVersion> Publish(const std::string& model, const std::string& run,
                                                   const v1::EpochReport& epoch,
                                                   core::Network network, Reservation memory) = 0;

  // The version that `reference` names. NOT_FOUND; FAILED_PRECONDITION where the model has none
  // yet.
  virtual absl::StatusOr<std::shared_ptr<const ModelVersion>> GetVersion(
      const ModelReference& reference) const = 0;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_STORE_MODEL_STORE_H_
