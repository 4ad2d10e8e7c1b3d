#!/bin/bash
# Builds and runs the tests of a fresh clone, installing first what is missing.
#
#   tests/run.sh                  release and asan (address and undefined-behaviour sanitizers)
#   tests/run.sh --all            also tsan, clang, clang-tidy, formatting, and lints
#   tests/run.sh --preset NAME    one stage; may be repeated. NAME is one of
#                                 format shell proto release asan tsan clang tidy
#   tests/run.sh --jobs N         parallel jobs (default: the number of cores)
#
# Every stage runs, whatever became of the ones before it. The exit code is 0 only if all passed
# and each that has tests ran some.

set -euo pipefail
# Debian's tools come first, whatever else calls itself python3 or protoc on this machine.
export PATH=/usr/bin:/usr/sbin:/bin:/sbin:$PATH
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
unset PYTHONPATH PYTHONHOME VIRTUAL_ENV
# Tests talk to servers on this machine only.
export no_proxy=localhost,127.0.0.1,::1 no_grpc_proxy=localhost,127.0.0.1,::1

usage() { sed -n '2,/^$/s/^# \{0,1\}//p' tests/run.sh; }

jobs=$(nproc)
stages=()
while (($# > 0)); do
  case $1 in
    --all) stages=(format shell proto asan tsan clang tidy release) ;;
    --preset) stages+=("${2:?--preset needs a name}") && shift ;;
    --jobs) jobs=${2:?--jobs needs a number} && shift ;;
    --help | -h) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
  esac
  shift
done
((${#stages[@]} > 0)) || stages=(asan release)

# ---- Stages: each a function that runs in a subshell of its own under set -e ----------------------

sources() { find core server client tests -name '*.h' -o -name '*.cc' | LC_ALL=C sort; }

run_format() { # clang-format-14 -i FILE... mends what this finds
  sources | xargs --no-run-if-empty clang-format-14 --dry-run -Werror
}

run_shell() {
  shellcheck .ci/run deploy/*.sh tests/*.sh tests/bench/*.sh
}

run_proto() {
  mkdir -p build/lint
  if ! cmp -s tests/lint/package-lock.json build/lint/package-lock.json; then
    cp tests/lint/package.json tests/lint/package-lock.json build/lint/
    npm ci --prefix build/lint --ignore-scripts --no-audit --no-fund ||
      { rm build/lint/package-lock.json && return 1; }
  fi
  build/lint/node_modules/.bin/buf lint proto
}

build() { # PRESET [CMAKE-BUILD-ARGUMENT...]
  local preset=$1
  shift
  cmake --preset "$preset" -DFNN_BUILD_TESTS=ON -DFNN_WERROR=ON >build/"$preset".log 2>&1 ||
    { cat build/"$preset".log && return 1; }
  cmake --build --preset "$preset" --parallel "$jobs" "$@"
}

run_preset() { # PRESET
  rm -f build/"$1".ctest
  build "$1"
  ctest --preset "$1" --output-on-failure --no-tests=error --no-label-summary \
    --parallel "$jobs" 2>&1 | tee build/"$1".ctest
}

run_tidy() {
  build clang  # for the compilation database and the generated headers
  run-clang-tidy-14 -quiet -j "$jobs" -p build/clang "^$PWD/(core|server|client)/" \
    >build/tidy.log 2>&1 || { grep -v '^clang-tidy-14 ' build/tidy.log && return 1; }
}

# ---- The run -------------------------------------------------------------------------------------

failed=()
report=()
stage() { # NAME COMMAND...
  local name=$1 start=$SECONDS outcome=ok
  shift
  printf '\n======== %s ========\n' "$name"
  # Not `if "$@"`, which would switch set -e off inside.
  set +e
  (set -e; "$@")
  local status=$?
  set -e
  if ((status != 0)); then
    outcome=FAILED
    failed+=("$name")
  fi
  report+=("$(printf '%-8s %-6s %4d s' "$name" "$outcome" $((SECONDS - start)))")
  printf -- '-------- %s\n' "${report[-1]}"
}

mkdir -p build
group='test'
for name in "${stages[@]}"; do
  case $name in
    release | debug | asan | tsan) ;;
    clang | tidy | format | shell | proto) group=check ;;
    *) echo "No such stage: $name" >&2 && usage >&2 && exit 2 ;;
  esac
done
stage packages deploy/install-dependencies.sh "$group"
for name in "${stages[@]}"; do
  case $name in
    format | shell | proto | tidy) stage "$name" "run_$name" ;;
    *) stage "$name" run_preset "$name" ;;
  esac
done

printf '\n======== summary ========\n'
printf '%s\n' "${report[@]}"
((${#failed[@]} == 0)) || printf 'FAILED: %s\n' "${failed[*]}"
for name in "${stages[@]}"; do # ctest's own words, once more
  if [[ -e build/$name.ctest ]]; then
    printf '\n%s: ' "$name"
    sed -n '/tests passed\|No tests were found/,$p' build/"$name".ctest
  fi
done
((${#failed[@]} == 0))
