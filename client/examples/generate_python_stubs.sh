#!/bin/bash
# Generates the Python stubs of the contract with protoc and grpc_python_plugin (Debian packages
# protobuf-compiler and protobuf-compiler-grpc).
#
#   client/examples/generate_python_stubs.sh OUT_DIR
#
# Put OUT_DIR into PYTHONPATH to use them.

set -euo pipefail

if [[ $# -ne 1 || $1 == -* ]]; then
  sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
  [[ ${1:-} == --help ]] && exit 0 || exit 2
fi
out=$1
proto=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../proto" && pwd)
mkdir -p "$out"
protoc --proto_path="$proto" --python_out="$out" --grpc_python_out="$out" \
  --plugin=protoc-gen-grpc_python="$(command -v grpc_python_plugin)" \
  "$proto"/fnn/v1/*.proto
