#!/bin/bash
# Writes what the documentation takes from the server itself: docs/operators.md and
# docs/activations.svg. The test OperatorDocs.AreCurrent tells when that is due.
#
#   tests/update_docs.sh [PRESET]     with the programs of that build; default: release

set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
export no_proxy=localhost,127.0.0.1,::1 no_grpc_proxy=localhost,127.0.0.1,::1
preset=${1:-release}
cmake --build --preset "$preset" --target fnn-server fnn

bin=build/$preset/bin
scratch=$(mktemp -d)
server=
cleanup() {
  if [[ -n $server ]]; then
    kill -TERM "$server" 2>/dev/null || true
    wait "$server" || true
  fi
  rm -rf "$scratch"
}
trap cleanup EXIT
"$bin/fnn-server" --listen 127.0.0.1:0 --port-file "$scratch/port" 2>"$scratch/log" &
server=$!
until [[ -e $scratch/port ]]; do
  kill -0 "$server" 2>/dev/null || { cat "$scratch/log" && exit 1; }
  sleep 0.05
done
FNN_SERVER=127.0.0.1:$(<"$scratch/port")
export FNN_SERVER

# The head, which is written by hand, ends with the first section.
sed '/^## /,$d' docs/operators.md >"$scratch/operators.md"
"$bin/fnn" operator list --markdown | tail -n +2 >>"$scratch/operators.md"
mv "$scratch/operators.md" docs/operators.md
"$bin/fnn" operator plot --all --points 101 --out docs/activations.svg
