#!/usr/bin/env bash
# The main job in full, with one thread and with two, killed on the way and gone
# on with: every file of the three runs must be the same. Takes about an hour on
# two cores, so it is no part of `cargo test`, which does the same in small.
#
#   tests/same-bytes.sh [FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."

work=${1:-$(mktemp -d)}
cargo build --release --locked
ebrc=target/release/ebrc
"$ebrc" reproduce --out "$work/one" --threads 1
"$ebrc" reproduce --out "$work/two" --threads 2
diff -r -x '.incomplete-*' "$work/one" "$work/two"

"$ebrc" reproduce --out "$work/killed" --threads 2 &
until [ -f "$work/killed/checkpoint.safetensors" ]; do sleep 0.2; done
sleep 7
kill -9 $!
wait $! || true
[ -f "$work/killed/checkpoint.safetensors" ]
"$ebrc" reproduce --out "$work/killed" --threads 2
diff -r -x '.incomplete-*' "$work/two" "$work/killed"
echo "the three runs are the same"
