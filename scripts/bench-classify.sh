#!/usr/bin/env bash
# What `ebrc classify` costs as work grows: benches/classify/. Uses 4 GB in
# FOLDER; measures for half an hour. With npm at hand, ZoneMTA's bounce rules
# are measured beside it.
#
#   scripts/bench-classify.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."

folder=${1:?name a folder for files}
mkdir -p "$folder"
cargo build --release --locked
cargo build --release --locked -p ebrc-model --example throughput
if [ ! -s "$folder/ten-million" ]; then
    cargo run --release --locked -p ebrc-simulation --example messages -- 10000000 >"$folder/partial"
    mv "$folder/partial" "$folder/ten-million"
fi
peer=()
if command -v npm >/dev/null; then
    [ -d "$folder/node_modules/zone-mta" ] ||
        npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$folder" zone-mta@3.10.3
    peer=("$folder/node_modules/zone-mta")
fi
python3 benches/classify/growth.py target/release/ebrc target/release/examples/throughput \
    models/classifier "$folder/ten-million" "$folder" benches/classify/results.ndjson \
    "${peer[@]}" | tee benches/classify/results.txt
