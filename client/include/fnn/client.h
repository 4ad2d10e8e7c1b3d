// The C++ client of the FNN service. It trains a network and predicts with it like this:
//
//   #include "fnn/client.h"
//   #include "fnn/short_form.h"
//   #include "fnn/tensor.h"
//
//   absl::Status TrainXor(const std::string& server) {
//     fnn::Client client(fnn::MakeConnection(server));
//     fnn::v1::TrainRequest request;
//     fnn::v1::RunSpec& spec = *request.mutable_create()->mutable_spec();
//     *spec.mutable_network() = *fnn::ParseShortForm("2 > 8:tanh > 1:logistic");
//     fnn::v1::InlineData& data = *spec.mutable_data()->mutable_inline_();
//     *data.mutable_features() = fnn::MakeTensor<float>({0, 0, 0, 1, 1, 0, 1, 1}, {4, 2});
//     *data.mutable_targets() = fnn::MakeTensor<float>({0, 1, 1, 0}, {4});
//
//     absl::StatusOr<fnn::TrainStream> events = client.Train(request);
//     if (!events.ok()) return events.status();
//     for (const absl::StatusOr<fnn::v1::RunEvent>& event : *events) {
//       if (!event.ok()) return event.status();
//       if (event->has_epoch()) std::cout << event->epoch().train_loss() << "\n";
//     }
//     return absl::OkStatus();
//   }
//
// The messages are documented in proto/fnn/v1/. A client checks nothing that the server checks: a
// request at fault comes back as INVALID_ARGUMENT, and GetFieldViolations (error_details.h) tells
// which fields. Where a method here takes the name of a resource, a name unknown to the server
// gives NOT_FOUND. Any call may give UNAVAILABLE (no server there) or DEADLINE_EXCEEDED.

#ifndef FNN_CLIENT_H_
#define FNN_CLIENT_H_

#include <cstdint>
#include <filesystem>
#include <functional>
#include <istream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fnn/connection.h"
#include "fnn/run_stream.h"
#include "fnn/stream_range.h"
#include "fnn/upload.h"

namespace fnn {

// The parameters of a model version.
struct ModelParameters {
  // Which version, `models/{model}/versions/{n}`.
  std::string model_version;
  // For each layer `{layer}.weights` of shape [units, fan_in], then `{layer}.bias` of shape
  // [units] where it has one; float32.
  std::vector<v1::Tensor> tensors;
};

// A cheap value that may be copied, moved and used from any number of threads; copies share one
// connection.
class Client {
 public:
  // `connection`: not null.
  explicit Client(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}

  // ---- Models -----------------------------------------------------------------------------------

  // ALREADY_EXISTS if `model_id` is taken. With `validate_only` nothing is kept.
  absl::StatusOr<v1::CreateModelResponse> CreateModel(const v1::CreateModelRequest& request) const;
  // `name`: `models/{model}`, here and below.
  absl::StatusOr<v1::Model> GetModel(std::string_view name) const;
  // Every model, by name. `page_size`: how many a page asks for, 1 to 1000; 0 leaves it to the
  // server. Pages are fetched as the range comes to them.
  StreamRange<v1::Model> ListModels(int64_t page_size = 0) const;
  // FAILED_PRECONDITION while a run trains it.
  absl::Status DeleteModel(std::string_view name) const;
  // `name`: `models/{model}` for its newest version, or `models/{model}/versions/{n}`.
  absl::StatusOr<ModelParameters> GetParameters(std::string_view name) const;

  // ---- Datasets ---------------------------------------------------------------------------------

  // Uploads a whole file, a stream to its end, or bytes, in chunks of 1 MiB that are checked on
  // arrival, and makes a dataset of it. NOT_FOUND or PERMISSION_DENIED if the file can't be opened;
  // INVALID_ARGUMENT naming line (or row) and column if the server can't read what is in it.
  absl::StatusOr<v1::Dataset> UploadDataset(const std::filesystem::path& file,
                                            const UploadOptions& options = {}) const;
  // Several files are sent as one: IDX or NPY files, whose arrays become one table.
  absl::StatusOr<v1::Dataset> UploadDatasetFiles(const std::vector<std::filesystem::path>& files,
                                                 const UploadOptions& options = {}) const;
  absl::StatusOr<v1::Dataset> UploadDataset(std::istream& stream,
                                            const UploadOptions& options = {}) const;
  absl::StatusOr<v1::Dataset> UploadDatasetBytes(std::string_view bytes,
                                                 const UploadOptions& options = {}) const;
  // `name`: `datasets/{dataset}`, here and below.
  absl::StatusOr<v1::Dataset> GetDataset(std::string_view name) const;
  // Every dataset, by name; `page_size` as in ListModels.
  StreamRange<v1::Dataset> ListDatasets(int64_t page_size = 0) const;
  absl::Status DeleteDataset(std::string_view name) const;

  // ---- Runs -------------------------------------------------------------------------------------

  // Starts a run and gives its events until it has ended; or with `attach` comes back to one. Waits
  // until the server has accepted or refused it. After that a broken connection is repaired by
  // itself, see RunStreamOptions. An error of the call itself leaves open whether the run was
  // started if it is UNAVAILABLE; a `run_id` of the caller's choice makes that findable.
  absl::StatusOr<TrainStream> Train(v1::TrainRequest request, RunStreamOptions options = {}) const;
  // Queues a run that goes on whoever watches. With `validate_only` nothing is kept or started.
  absl::StatusOr<v1::Run> CreateRun(const v1::CreateRunRequest& request) const;
  // `name`: `runs/{run}`, here and below.
  absl::StatusOr<v1::Run> GetRun(std::string_view name) const;
  // Every run, by name; `page_size` as in ListModels.
  StreamRange<v1::Run> ListRuns(int64_t page_size = 0) const;
  // The run's events after a cursor, each once and in order, until the run has ended (or with
  // `follow` false until the newest). A broken connection is repaired by itself. Destroying the
  // range never touches the run.
  StreamRange<v1::RunEvent> WatchRun(v1::WatchRunRequest request,
                                     RunStreamOptions options = {}) const;
  // Asks the run to stop and gives it as it is right after. A run that has ended stays as it is.
  absl::StatusOr<v1::Run> CancelRun(std::string_view name) const;

  // ---- Prediction -------------------------------------------------------------------------------

  absl::StatusOr<v1::PredictResponse> Predict(const v1::PredictRequest& request) const;
  // Measures a model on data. `on_progress` is called on this thread as rows are done; may be
  // empty.
  absl::StatusOr<v1::Evaluation> Evaluate(
      const v1::EvaluateRequest& request,
      const std::function<void(const v1::EvaluateProgress&)>& on_progress = {}) const;

  // ---- Operators --------------------------------------------------------------------------------

  // What networks, trainings and measurements can be made of: of one kind, or of all. A server that
  // is older than this library gives UNIMPLEMENTED.
  absl::StatusOr<v1::ListOperatorsResponse> ListOperators(
      v1::OperatorKind kind = v1::OPERATOR_KIND_UNSPECIFIED) const;
  // Values and slopes of an activation or a loss, or the rates of a schedule.
  absl::StatusOr<v1::SampleOperatorResponse> SampleOperator(
      const v1::SampleOperatorRequest& request) const;

  // ---- The server -------------------------------------------------------------------------------

  absl::StatusOr<v1::GetServerInfoResponse> GetServerInfo() const;
  // `service`: its full name, such as `fnn.v1.TrainingService`; empty for the whole server.
  absl::StatusOr<HealthStatus> CheckHealth(std::string_view service = "") const;

 private:
  std::shared_ptr<Connection> connection_;
};

}  // namespace fnn

#endif  // FNN_CLIENT_H_
