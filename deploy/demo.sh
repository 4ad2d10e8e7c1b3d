#!/bin/bash
# From a fresh clone to a trained network: installs what is missing, builds, starts fnn-server on a
# free loopback port with a temporary data directory, and has it learn to read handwritten digits.
#
#   deploy/demo.sh            stops the server at the end
#   deploy/demo.sh --keep     leaves it running and prints how to reach it

set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
# Debian's tools come first, whatever else goes by their names on this machine.
export PATH=/usr/bin:/usr/sbin:/bin:/sbin:$PATH
export no_proxy=localhost,127.0.0.1,::1 no_grpc_proxy=localhost,127.0.0.1,::1

keep=false
case ${1:-} in
  '') ;;
  --keep) keep=true ;;
  --help | -h) sed -n '2,/^$/s/^# \{0,1\}//p' deploy/demo.sh && exit 0 ;;
  *) sed -n '2,/^$/s/^# \{0,1\}//p' deploy/demo.sh >&2 && exit 2 ;;
esac

say() { printf '\n== %s\n' "$*"; }
run() { # prints a command as a person would type it, then runs it
  printf '\n$ %s\n' "$(printf ' %q' "$@" | cut -c2-)"
  "$@"
}

say 'Packages'
deploy/install-dependencies.sh build

say 'Build (release)'
mkdir -p build
cmake --preset release >build/release.log || { cat build/release.log && exit 1; }
cmake --build --preset release --target fnn-server fnn

say 'Server'
export PATH=$PWD/build/release/bin:$PATH
data=$(mktemp -d)
server=
cleanup() {
  if [[ -n $server ]]; then
    kill -TERM "$server" 2>/dev/null || true
    wait "$server" || true
  fi
  rm -rf "$data"
}
trap cleanup EXIT
nohup fnn-server --listen 127.0.0.1:0 --data-dir "$data/state" --port-file "$data/port" \
  >"$data/log" 2>&1 </dev/null &
server=$!
until [[ -e $data/port ]]; do
  kill -0 "$server" 2>/dev/null || { cat "$data/log" && exit 1; }
  sleep 0.05
done
FNN_SERVER=127.0.0.1:$(<"$data/port")
export FNN_SERVER
run fnn health

say 'Upload 3,823 digits to train on and 1,797 to be tested on'
run fnn dataset upload tests/data/optdigits.tra --id digits
run fnn dataset upload tests/data/optdigits.tes --id digits-test

train() { # SEED [ARGUMENT...]
  local seed=$1
  shift
  run fnn train --data datasets/digits --layers '64 > 64:relu > 10:softmax' \
    --optimizer adam --learning-rate 1e-3 --batch-size 32 --epochs 30 --validation-split 0.1 \
    --seed "$seed" --model-id "digits-$seed" "$@"
}
say 'Train, watching every epoch'
train 0 --plot loss.svg

say 'Evaluate on digits never seen'
run fnn evaluate digits-0 --data datasets/digits-test

say 'Predict five of them'
run fnn predict digits-0 --data tests/data/optdigits.tes --target -1 --rows 5

say 'The same with other seeds'
for seed in 1 2 3 4; do train "$seed" >"$data/out" 2>&1 || { cat "$data/out" && exit 1; }; done
for seed in 0 1 2 3 4; do
  fnn -o json evaluate "digits-$seed" --data datasets/digits-test
done | sed -n '/"accuracy"/,/"value"/s/.*"value": *\([0-9.e-]*\).*/\1/p' | awk '
  { sum += $1; printf "seed %d: accuracy %.4f\n", NR - 1, $1 }
  END {
    if (NR != 5) { print "expected five accuracies, got " NR; exit 1 }
    printf "mean:   accuracy %.4f (at least 0.955 is expected)\n", sum / NR
    exit sum / NR < 0.955
  }'

say "The curves are in $PWD/loss.svg"
if $keep; then
  trap - EXIT
  cat <<END
The server keeps running. To use it and to stop it:
  export FNN_SERVER=$FNN_SERVER PATH=$PWD/build/release/bin:\$PATH
  fnn model list
  kill $server && rm -r $data
END
fi
