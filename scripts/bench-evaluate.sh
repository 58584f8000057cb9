#!/usr/bin/env bash
# What `ebrc evaluate` costs with ten thousand to ten million predictions, of a
# gold file and of a run: benches/evaluate/. FOLDER takes some gigabytes. Most of
# the time goes into simulating, mining and typing the logs.
#
#   scripts/bench-evaluate.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."

folder=${1:?name a folder for files}
mkdir -p "$folder"
cargo build --release --locked
for count in 10000 100000 1000000 10000000; do
    gold="$folder/gold-$count"
    if [ ! -s "$gold" ]; then
        cargo run --release --locked -p ebrc-simulation --example messages -- "$count" 1 gold >"$folder/partial"
        mv "$folder/partial" "$gold"
    fi
    # 0.58 refusals a mail.
    run="$folder/run-$count"
    if [ ! -d "$run" ]; then
        log="$folder/log.ndjson.zst"
        target/release/ebrc simulate --emails $((count * 100 / 58)) --out "$log"
        target/release/ebrc mine "$log" --run "$run"
        target/release/ebrc label --run "$run" --from-truth
        target/release/ebrc predict --run "$run"
        target/release/ebrc annotate --run "$run"
        rm "$log"
    fi
done
python3 benches/evaluate/growth.py "$folder" benches/evaluate/results.ndjson |
    tee benches/evaluate/results.txt
