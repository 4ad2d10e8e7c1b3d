#!/bin/bash
# Installs the Debian 12 packages that the project needs. Running it again changes nothing, and
# where nothing is missing it calls neither apt nor sudo.
#
#   deploy/install-dependencies.sh [build|test|check|bench|real-data]     each includes build
#
#   build  to build and run server, client and C++ tests (the default)
#   test   also what the tests drive from outside: Python with gRPC
#   check  also what tests/run.sh --all needs, test included: clang, linters, npm
#   bench  also what tests/bench/run.sh compares with: BLAS libraries, PyTorch
#   real-data  also what tests/real_data/compare.py needs, test included: scikit-learn, PyTorch

set -euo pipefail
export PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH

build=(
  g++ cmake ninja-build ccache pkg-config
  protobuf-compiler protobuf-compiler-grpc libprotobuf-dev libgrpc++-dev libabsl-dev
  libeigen3-dev libhwy-dev libxxhash-dev libsqlite3-dev libspdlog-dev libcli11-dev zlib1g-dev libzip-dev
  libgtest-dev libgmock-dev
)
test=(python3 python3-grpcio python3-protobuf)
check=(clang-14 clang-tidy-14 clang-format-14 shellcheck)
bench=(libbenchmark-dev libdnnl-dev ocl-icd-opencl-dev libxsmm-dev libopenblas-dev python3-torch python3-numpy)
real_data=(python3-sklearn python3-torch python3-numpy)

case ${1:-build} in
  build) wanted=("${build[@]}") ;;
  test) wanted=("${build[@]}" "${test[@]}") ;;
  check)
    wanted=("${build[@]}" "${test[@]}" "${check[@]}")
    command -v npm >/dev/null || wanted+=(npm ca-certificates)  # npm may be from elsewhere
    ;;
  bench) wanted=("${build[@]}" "${bench[@]}") ;;
  real-data) wanted=("${build[@]}" "${test[@]}" "${real_data[@]}") ;;
  *)
    sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
    [[ $1 == --help ]] && exit 0 || exit 2
    ;;
esac

missing=()
for package in "${wanted[@]}"; do
  state=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ $state == installed* ]] || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  echo "All packages are installed."
  exit 0
fi

as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "Run this as root, or install sudo. Missing packages: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq \
    -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 "$@" </dev/null >"$log" 2>&1 ||
    { cat "$log" && return 1; }
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "Installing ${missing[*]}"
apt update || echo "apt-get update failed; going on with the package lists there are" >&2
apt install --yes --no-install-recommends "${missing[@]}"
