// fnn-bench: how fast the service is, next to what it could be. docs/performance.md says how to
// use it.
//
//   fnn-bench [--quick] [--all] [--verbose] [--json FILE] [--benchmark_filter=REGEX]
//   fnn-bench time-epochs NETWORK BATCH OPTIMIZER [--rows N] [--threads N]

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "benchmark/benchmark.h"
#include "tests/bench/settings.h"
#include "tests/bench/table_reporter.h"
#include "tests/bench/time_epochs.h"

int main(int argc, char** argv) {
  fnn::bench::Settings settings;
  CLI::App app("How fast FNN is, next to what it could be.");
  app.allow_extras();
  app.footer("Google Benchmark's flags, such as --benchmark_filter=REGEX, are taken too.");
  std::string json;
  double block_ms = 0;
  app.add_flag("--all", settings.all, "every network at every batch size");
  app.add_flag("--quick", settings.quick, "small sizes and few pairs, to see that it works");
  app.add_flag("--verbose", settings.verbose, "show every product of every floor");
  app.add_option("--pairs", settings.pairs, "pairs for one figure")->check(CLI::PositiveNumber);
  app.add_option("--block-ms", block_ms, "about what half a pair takes, in milliseconds")
      ->check(CLI::PositiveNumber);
  app.add_option("--json", json, "write what was measured to this file");
  app.add_option("--linearity-csv", settings.linearity_csv,
                 "write the points of the linearity figures to this file");
  fnn::bench::TimeEpochsOptions epochs;
  CLI::App* time_epochs =
      app.add_subcommand("time-epochs", "train an epoch for each line on stdin, telling its time");
  time_epochs->add_option("network", epochs.widths, "such as 784-256-10")->required();
  time_epochs->add_option("batch", epochs.batch, "samples in a mini-batch")->required();
  time_epochs->add_option("optimizer", epochs.optimizer)
      ->required()
      ->check(CLI::IsMember({"sgd", "adam"}));
  time_epochs->add_option("--rows", epochs.rows, "rows of an epoch");
  time_epochs->add_option("--threads", epochs.threads, "threads to train with");
  CLI11_PARSE(app, argc, argv);
  if (time_epochs->parsed()) return fnn::bench::TimeEpochs(epochs);
  if (settings.quick) {
    if (app.count("--pairs") == 0) settings.pairs = 5;
    settings.block_seconds = 1e-3;
    settings.most_seconds = 2;
  }
  if (block_ms > 0) settings.block_seconds = block_ms * 1e-3;

  std::vector<std::string> arguments = app.remaining();
  arguments.insert(arguments.begin(), argv[0]);
  if (!json.empty()) arguments.push_back("--benchmark_out=" + json);
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  int count = static_cast<int>(pointers.size());
  benchmark::Initialize(&count, pointers.data());
  if (benchmark::ReportUnrecognizedArguments(count, pointers.data())) return 2;

  benchmark::AddCustomContext("quick", settings.quick ? "true" : "false");
  fnn::bench::RegisterStepRatios(settings);
  fnn::bench::RegisterAdamOverSgd(settings);
  fnn::bench::RegisterTwoThreads(settings);
  fnn::bench::RegisterForward(settings);
  fnn::bench::RegisterConvolution(settings);
  fnn::bench::RegisterHealth(settings);
  fnn::bench::RegisterMemory(settings);
  fnn::bench::RegisterGrpcTraining(settings);
  fnn::bench::RegisterGrpcPredict(settings);
  fnn::bench::RegisterWatchers(settings);
  fnn::bench::RegisterLinearity(settings);
  fnn::bench::TableReporter table;
  benchmark::RunSpecifiedBenchmarks(&table);
  benchmark::Shutdown();
}
