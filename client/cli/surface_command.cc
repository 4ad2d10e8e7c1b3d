#include "client/cli/surface_command.h"

#include <limits>
#include <ostream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/cli/csv.h"
#include "client/cli/exit_code.h"
#include "client/cli/files.h"
#include "client/cli/json.h"
#include "client/cli/live_line.h"
#include "client/cli/plot/surface_plot.h"
#include "client/cli/table.h"
#include "client/cli/text.h"
#include "client/cli/upload_data.h"
#include "fnn/operator_form.h"

namespace fnn::cli {
namespace {

constexpr auto kRight = Table::Align::kRight;

void SetAxis(const SurfaceComputeArgs& args, const std::vector<double>& bounds,
             v1::SurfaceAxis& axis) {
  if (args.points.has_value()) axis.set_points(*args.points);
  if (bounds.size() != 2) return;
  axis.set_low(bounds[0]);
  axis.set_high(bounds[1]);
}

absl::StatusOr<v1::ComputeLossSurfaceRequest> MakeRequest(Context& context,
                                                          const SurfaceComputeArgs& args) {
  v1::ComputeLossSurfaceRequest request;
  absl::StatusOr<v1::NetworkPoint> point = MakeNetworkPoint(context, args.point);
  if (!point.ok()) return point.status();
  *request.mutable_point() = *std::move(point);
  request.mutable_point()->set_seed(args.training.seed);
  *request.mutable_data()->mutable_binding() = MakeBinding(args.point.binding);
  if (args.rows.has_value()) request.set_rows(*args.rows);
  if (args.train) {
    absl::StatusOr<v1::TrainingOptions> options = MakeTrainingOptions(args.training);
    if (!options.ok()) return options.status();
    *request.mutable_training() = *std::move(options);
  } else if (args.directions != "random") {
    return UsageError(absl::StrCat("--directions ", args.directions, " goes with --train"));
  }
  request.set_directions(args.directions == "training"    ? v1::SURFACE_DIRECTIONS_TRAINING
                         : args.directions == "principal" ? v1::SURFACE_DIRECTIONS_PRINCIPAL
                                                          : v1::SURFACE_DIRECTIONS_RANDOM);
  request.set_seed(args.direction_seed);
  SetAxis(args, args.x, *request.mutable_x());
  if (!args.line) SetAxis(args, args.y, *request.mutable_y());
  for (const std::string& loss : args.losses) {
    if (absl::Status status = ParseOperator(loss, *request.add_losses()); !status.ok()) {
      return UsageError(absl::StrCat("--losses: ", status.message()));
    }
  }
  return request;
}

void PrintCsv(Context& context, const ReceivedSurface& surface) {
  std::vector<std::string> header = {"x", "y"};
  header.insert(header.end(), surface.frame.losses().begin(), surface.frame.losses().end());
  std::string text = CsvRecord(header);
  for (const v1::SurfaceRow& row : surface.rows) {
    for (int i = 0; i < surface.frame.x_size(); ++i) {
      std::vector<std::string> cells = {CsvNumber(surface.frame.x(i)),
                                        CsvNumber(surface.frame.y(static_cast<int>(row.index())))};
      for (const v1::SurfaceValues& values : row.values()) {
        cells.push_back(CsvNumber(values.loss(i)));
      }
      text += CsvRecord(cells);
    }
  }
  context.env.out << text;
}

void PrintTable(Context& context, const ReceivedSurface& surface) {
  Table table({{"loss"}, {"least", kRight}, {"at x", kRight}, {"at y", kRight}, {"most", kRight}});
  for (int l = 0; l < surface.frame.losses_size(); ++l) {
    double least = std::numeric_limits<double>::infinity();
    double most = -least;
    std::string x, y;
    for (const v1::SurfaceRow& row : surface.rows) {
      const auto& values = row.values(l).loss();
      for (int i = 0; i < values.size(); ++i) {
        most = std::max(most, values[i]);
        if (!(values[i] < least)) continue;
        least = values[i];
        x = Number(surface.frame.x(i), 4);
        y = Number(surface.frame.y(static_cast<int>(row.index())), 4);
      }
    }
    table.AddRow({surface.frame.losses(l), Number(least, 5), x, y, Number(most, 5)});
  }
  context.env.out << table.ToString();
  for (const double share : surface.frame.explained_variance()) {
    context.env.out << "a principal direction explains " << Number(100 * share, 4)
                    << " % of the way\n";
  }
}

void Print(Context& context, const ReceivedSurface& surface) {
  switch (context.format) {
    case Format::kCsv:
      return PrintCsv(context, surface);
    case Format::kNdjson:
      PrintJson(context, surface.frame);
      for (const v1::SurfaceRow& row : surface.rows) PrintJson(context, row);
      return;
    case Format::kJson: {
      std::vector<Json> rows;
      for (const v1::SurfaceRow& row : surface.rows) rows.push_back(Json::Message(row));
      return PrintJson(context, Json::Object({{"frame", Json::Message(surface.frame)},
                                              {"rows", Json::Array(rows)}}));
    }
    default:
      return PrintTable(context, surface);
  }
}

// Whether every row is as the frame says.
bool Fits(const ReceivedSurface& surface) {
  const v1::SurfaceFrame& frame = surface.frame;
  if (frame.x_size() < 2) return false;
  for (const v1::SurfaceRow& row : surface.rows) {
    if (row.index() < 0 || row.index() >= frame.y_size()) return false;
    if (row.values_size() != frame.losses_size()) return false;
    for (const v1::SurfaceValues& values : row.values()) {
      if (values.loss_size() != frame.x_size()) return false;
    }
  }
  return true;
}

}  // namespace

absl::Status SurfaceCompute(Context& context, const SurfaceComputeArgs& args) {
  if (absl::EndsWithIgnoreCase(args.plot, ".png")) {
    return UsageError(
        "pictures are written as SVG; 'rsvg-convert -o FILE.png FILE.svg' makes a PNG of one");
  }
  absl::StatusOr<v1::ComputeLossSurfaceRequest> request = MakeRequest(context, args);
  if (!request.ok()) return request.status();
  const absl::StatusOr<std::string> dataset = ResolveDataset(context, args.point.data);
  if (!dataset.ok()) return dataset.status();
  request->mutable_data()->set_dataset(*dataset);
  ReceivedSurface surface;
  absl::Status status;
  {
    LiveLine line(context.env);
    status = context.client.ComputeLossSurface(
        *request, [&](const v1::SurfaceFrame& frame) { surface.frame = frame; },
        [&](const v1::SurfaceRow& row) {
          surface.rows.push_back(row);
          line.Show(absl::StrCat("surface: row ", Count(row.index() + 1), " of ",
                                 Count(surface.frame.y_size())));
        },
        [&](const v1::SurfaceProgress& progress) {
          line.Show(absl::StrCat("training: epoch ", Count(progress.epochs_done()), " of ",
                                 Count(progress.epochs())));
        });
  }
  const absl::Status deleted = DeleteTemporary(context, args.point.data, *dataset);
  if (!status.ok()) return status;
  if (!Fits(surface)) return absl::InternalError("the server sent rows of another size");
  Print(context, surface);
  if (!args.plot.empty()) {
    const std::string of = args.point.model.empty() ? args.point.network.layers : args.point.model;
    if (absl::Status written =
            WriteFile(context.env, args.plot, SurfacePlot(absl::StrCat("Loss of ", of), surface));
        !written.ok()) {
      return written;
    }
  }
  return deleted;
}

}  // namespace fnn::cli
