#!/usr/bin/env bash
# What `ebrc classify` costs as work grows: benches/classify/. Uses 4 GB in
# FOLDER; measures for a quarter of an hour. With npm at hand, ZoneMTA's bounce
# rules are measured beside it.
#
#   scripts/bench-classify.sh FOLDER [SECTION...]
set -euo pipefail
cd "$(dirname "$0")/.."

folder=${1:?name a folder for files}
shift
mkdir -p "$folder"
cargo build --release --locked
cargo build --release --locked -p ebrc-model --example throughput
if [ ! -s "$folder/ten-million" ]; then
    cargo run --release --locked -p ebrc-simulation --example messages -- 10000000 >"$folder/partial"
    mv "$folder/partial" "$folder/ten-million"
fi
cargo run --release --locked -p ebrc-catalogue --example render |
    cut -f3 | LC_ALL=C sort -u | shuf --random-source=<(yes) >"$folder/texts"
if command -v npm >/dev/null && [ ! -d "$folder/node_modules/zone-mta" ]; then
    npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$folder" zone-mta@3.10.3
fi
python3 benches/classify/growth.py "$folder" benches/classify/results.ndjson "$@" |
    tee benches/classify/results.txt
