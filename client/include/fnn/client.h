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
//
// What makes something (CreateModel, CreateRun, Train, ImportModel and uploads) gets a random
// `request_id` unless the caller gave one, and is tried again for ClientOptions::reconnect_for
// where the line breaks: the server does it once, however often it is asked.

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
#include "absl/time/time.h"
#include "fnn/connection.h"
#include "fnn/model_file.h"
#include "fnn/reconnect.h"
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

// How a client behaves: how what makes something is tried again. Short by default, since with no
// server there nothing but the error comes of it; streams and uploads have times of their own.
struct ClientOptions : ReconnectOptions {
  ClientOptions() { reconnect_for = absl::Seconds(2); }
};

// A cheap value that may be copied, moved and used from any number of threads; copies share one
// connection.
class Client {
 public:
  // `connection`: not null.
  explicit Client(std::shared_ptr<Connection> connection, ClientOptions options = {})
      : connection_(std::move(connection)), options_(std::move(options)) {}

  // ---- Models -----------------------------------------------------------------------------------

  // ALREADY_EXISTS if `model_id` is taken. With `validate_only` nothing is kept.
  absl::StatusOr<v1::CreateModelResponse> CreateModel(v1::CreateModelRequest request) const;
  // `name`: `models/{model}`, here and below where nothing else is said.
  absl::StatusOr<v1::Model> GetModel(std::string_view name) const;
  // Every model that the request's `filter` leaves, in its `order_by`. Pages, of `page_size`, are
  // fetched as the range comes to them.
  StreamRange<v1::Model> ListModels(v1::ListModelsRequest request = {}) const;
  // Changes description and labels, or one of them by `update_mask`. ABORTED if the model's `etag`
  // was given and is another by now.
  absl::StatusOr<v1::Model> UpdateModel(const v1::UpdateModelRequest& request) const;
  // With all its versions and aliases, which the answer tells. FAILED_PRECONDITION while a run
  // trains it or starts from it.
  absl::StatusOr<v1::DeleteModelResponse> DeleteModel(std::string_view name) const;

  // `name`: `models/{model}` for its newest version, `models/{model}/versions/{n}`, or
  // `models/{model}/aliases/{alias}`; so also in GetParameters and ExportModel.
  absl::StatusOr<v1::ModelVersion> GetModelVersion(std::string_view name) const;
  // The versions of the model `parent`, the newest first unless `order_by` says otherwise.
  StreamRange<v1::ModelVersion> ListModelVersions(v1::ListModelVersionsRequest request) const;
  // `name`: `models/{model}/versions/{n}`. FAILED_PRECONDITION while an alias of your own names it
  // or a run starts from it.
  absl::Status DeleteModelVersion(std::string_view name) const;
  // Has `models/{model}/aliases/{alias}` stand for the version of that number, >= 1, in one step
  // also where it stood for another. Gives the model as it is then, here and below.
  absl::StatusOr<v1::Model> SetModelAlias(std::string_view name, int64_t version) const;
  absl::StatusOr<v1::Model> DeleteModelAlias(std::string_view name) const;

  // A version's weights and biases, all in memory.
  absl::StatusOr<ModelParameters> GetParameters(std::string_view name) const;
  // A version as an `.fnn` file, handed to `sink` part by part, at most 4 MiB at once in memory. An
  // error of the sink is given as it is. `on_progress` is called after each part; may be empty.
  absl::StatusOr<ExportedModel> ExportModel(
      std::string_view name, const ByteSink& sink,
      const std::function<void(const TransferProgress&)>& on_progress = {}) const;
  // The same into a file, which is there, or replaced, only once it is whole.
  absl::StatusOr<ExportedModel> ExportModelFile(
      std::string_view name, const std::filesystem::path& file,
      const std::function<void(const TransferProgress&)>& on_progress = {}) const;
  // Makes a version of an `.fnn` file, sent in parts of 1 MiB. INVALID_ARGUMENT if it is none, or
  // damaged; FAILED_PRECONDITION if the model is there with another network. After a break a stream
  // that can't be set back to where it was is not tried again.
  absl::StatusOr<v1::ImportModelResponse> ImportModel(std::istream& stream,
                                                      const ImportOptions& options = {}) const;
  absl::StatusOr<v1::ImportModelResponse> ImportModelFile(const std::filesystem::path& file,
                                                          const ImportOptions& options = {}) const;

  // ---- Datasets ---------------------------------------------------------------------------------

  // Uploads a whole file, a stream to its end, or bytes, in chunks of 1 MiB that are checked on
  // arrival, and makes a dataset of it. NOT_FOUND or PERMISSION_DENIED if the file can't be opened;
  // INVALID_ARGUMENT naming line (or row) and column if the server can't read what is in it. A
  // broken connection is repaired by itself, see UploadOptions, unless the stream can't be set back
  // to where it was; after an error of the line, `resume` goes on.
  absl::StatusOr<v1::Dataset> UploadDataset(const std::filesystem::path& file,
                                            const UploadOptions& options = {}) const;
  // Several files are sent as one: IDX or NPY files, whose arrays become one table.
  absl::StatusOr<v1::Dataset> UploadDatasetFiles(const std::vector<std::filesystem::path>& files,
                                                 const UploadOptions& options = {}) const;
  absl::StatusOr<v1::Dataset> UploadDataset(std::istream& stream,
                                            const UploadOptions& options = {}) const;
  absl::StatusOr<v1::Dataset> UploadDatasetBytes(std::string_view bytes,
                                                 const UploadOptions& options = {}) const;
  // How much of `uploads/{upload}` has arrived.
  absl::StatusOr<v1::Upload> GetUpload(std::string_view name) const;
  // Gives `uploads/{upload}` up.
  absl::Status DeleteUpload(std::string_view name) const;
  // `name`: `datasets/{dataset}`, here and below.
  absl::StatusOr<v1::Dataset> GetDataset(std::string_view name) const;
  // As ListModels.
  StreamRange<v1::Dataset> ListDatasets(v1::ListDatasetsRequest request = {}) const;
  // FAILED_PRECONDITION while a run that has not ended uses it.
  absl::Status DeleteDataset(std::string_view name) const;

  // ---- Runs -------------------------------------------------------------------------------------

  // Starts a run and gives its events until it has ended; or with `attach` comes back to one. Waits
  // until the server has accepted or refused it. After that a broken connection is repaired by
  // itself, see RunStreamOptions: the stream attaches to the run again, with its cursor. An error
  // of the call itself leaves open whether the run was started if it is UNAVAILABLE; asking again
  // with a `request_id` of the caller's choice finds out.
  absl::StatusOr<TrainStream> Train(v1::TrainRequest request, RunStreamOptions options = {}) const;
  // Queues a run that goes on whoever watches. With `validate_only` nothing is kept or started.
  absl::StatusOr<v1::Run> CreateRun(v1::CreateRunRequest request) const;
  // `name`: `runs/{run}`, here and below.
  absl::StatusOr<v1::Run> GetRun(std::string_view name) const;
  // As ListModels.
  StreamRange<v1::Run> ListRuns(v1::ListRunsRequest request = {}) const;
  // The run's events after a cursor, each once and in order, until the run has ended (or with
  // `follow` false until the newest). A broken connection is repaired by itself. Destroying the
  // range never touches the run.
  StreamRange<v1::RunEvent> WatchRun(v1::WatchRunRequest request,
                                     RunStreamOptions options = {}) const;
  // Asks the run to stop and gives it as it is right after. A run that has ended stays as it is.
  absl::StatusOr<v1::Run> CancelRun(std::string_view name) const;
  // Asks the run to stop after the mini-batch under way, to be resumed there. FAILED_PRECONDITION
  // if it ends or has ended; so below.
  absl::StatusOr<v1::Run> PauseRun(std::string_view name) const;
  // Queues a paused run again, which goes on as if it had never paused.
  absl::StatusOr<v1::Run> ResumeRun(std::string_view name) const;
  // Deletes a run that has ended, with its log; what it published stays. FAILED_PRECONDITION if it
  // has not.
  absl::Status DeleteRun(std::string_view name) const;

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
  // The formula of an activation and its derivative, as text and LaTeX.
  absl::StatusOr<v1::DifferentiateOperatorResponse> DifferentiateOperator(
      const v1::Activation& activation) const;

  // ---- Inside networks --------------------------------------------------------------------------

  // Holds the gradient that a network is trained with against three other ways to it, on the
  // user's rows. The callbacks are called on this thread, as runs through the network and as layers
  // are done; either may be empty. That a method failed is no error: see the verdict.
  absl::StatusOr<v1::GradientVerdict> VerifyGradients(
      const v1::VerifyGradientsRequest& request,
      const std::function<void(const v1::GradientProgress&)>& on_progress = {},
      const std::function<void(const v1::LayerGradients&)>& on_layer = {}) const;

  // Computes the loss over a line or a plane through the parameters. The callbacks are called on
  // this thread: `on_frame` once, before the first row, `on_row` for each row in their order,
  // `on_progress` while the network is trained first, where the request says so; it may be empty.
  absl::Status ComputeLossSurface(
      const v1::ComputeLossSurfaceRequest& request,
      const std::function<void(const v1::SurfaceFrame&)>& on_frame,
      const std::function<void(const v1::SurfaceRow&)>& on_row,
      const std::function<void(const v1::SurfaceProgress&)>& on_progress = {}) const;

  // ---- The server -------------------------------------------------------------------------------

  absl::StatusOr<v1::GetServerInfoResponse> GetServerInfo() const;
  // `service`: its full name, such as `fnn.v1.TrainingService`; empty for the whole server.
  absl::StatusOr<HealthStatus> CheckHealth(std::string_view service = "") const;

 private:
  std::shared_ptr<Connection> connection_;
  ClientOptions options_;
};

}  // namespace fnn

#endif  // FNN_CLIENT_H_
