#!/usr/bin/env bash
# Our Drain beside Drain3 in Python and the crates drain3, drain-rs and logdrain:
# benches/drain/. Installs the peers from package registries into FOLDER, which
# takes 1 GB; measures for some five minutes. drain-rs needs a C compiler and
# libclang (Debian's libclang1) and is left out without; valgrind counts
# instructions.
#
#   scripts/bench-drain.sh FOLDER [ROUNDS [SECTION...]]
set -euo pipefail
cd "$(dirname "$0")/.."

folder=${1:?name a folder for the peers}
mkdir -p "$folder"
if [ ! -x "$folder/venv/bin/python" ]; then
    python3 -m venv "$folder/venv"
    "$folder/venv/bin/pip" install --quiet drain3==0.9.11
fi
peers=(cargo build --release --locked --manifest-path benches/drain/peers/Cargo.toml
    --target-dir "$folder/peers")
if ! "${peers[@]}" --features drain-rs; then
    echo "drain-rs cannot be built here; it is left out" >&2
    rm -f "$folder/peers/release/drain_rs"
    "${peers[@]}"
fi
cargo build --release --locked -p ebrc-drain --example drain_throughput
if [ ! -s "$folder/replies" ]; then
    cargo run --release --locked -p ebrc-simulation --example messages -- 1000000 >"$folder/partial"
    mv "$folder/partial" "$folder/replies"
fi
rounds=${2:-3}
shift "$(($# < 2 ? $# : 2))"
python3 benches/drain/compare.py "$folder" benches/drain/results.ndjson "$rounds" "$@" |
    tee benches/drain/results.txt
