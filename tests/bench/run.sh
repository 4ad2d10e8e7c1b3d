#!/bin/bash
# Installs what the benchmarks need, builds and runs them all. docs/performance.md tells more.
#
#   tests/bench/run.sh [--quick] [--no-peers] [--jobs N] [ARGUMENT...]
#
#   --quick      small sizes and few pairs: whether everything works, not how fast it is
#   --no-peers   leaves out PyTorch and JAX
#   --jobs N     parallel jobs of the build (default: the number of cores)
#   ARGUMENT...  goes to fnn-bench, such as --all, --verbose, --benchmark_filter=step_ratio
#
# JAX is compared with where $JAX_PYTHON, a Python of your own, has it.
# Writes to build/bench/results: table.txt fnn-bench.json linearity.csv linearity.svg peers.txt
# peers.json. Nothing else should run meanwhile.

set -euo pipefail
export PATH=/usr/bin:/usr/sbin:/bin:/sbin:$PATH
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."
unset PYTHONPATH PYTHONHOME VIRTUAL_ENV
export no_proxy=localhost,127.0.0.1,::1 no_grpc_proxy=localhost,127.0.0.1,::1

jobs=$(nproc)
quick=()
peers=1
arguments=()
while (($# > 0)); do
  case $1 in
    --quick) quick=(--quick) ;;
    --no-peers) peers=0 ;;
    --jobs) jobs=${2:?--jobs needs a number} && shift ;;
    --help | -h) sed -n '2,/^$/s/^# \{0,1\}//p' tests/bench/run.sh && exit 0 ;;
    *) arguments+=("$1") ;;
  esac
  shift
done

deploy/install-dependencies.sh bench
cmake --preset bench
cmake --build --preset bench --parallel "$jobs"

results=build/bench/results
mkdir -p "$results"
rm -f "$results"/*
build/bench/bin/fnn-bench "${quick[@]}" --json "$results/fnn-bench.json" \
  --linearity-csv "$results/linearity.csv" "${arguments[@]}" | tee "$results/table.txt"
if [[ -e $results/linearity.csv ]]; then
  tests/bench/plot.py "$results/linearity.csv" "$results/linearity.svg"
fi
if ((peers)); then
  tests/bench/peers.py "${quick[@]}" --fnn-bench build/bench/bin/fnn-bench \
    --jax-python "${JAX_PYTHON:-/usr/bin/python3}" --json "$results/peers.json" |
    tee "$results/peers.txt"
fi
