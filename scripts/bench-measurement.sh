#!/usr/bin/env bash
# Measures a simulated log with `ebrc measure`, and answers the same queries with
# DuckDB in Python on the same tables: benches/measurement/. Makes what it needs
# in FOLDER (ten million mails take some 4 GB), with DuckDB from its registry;
# what lies there already is used again.
#
#   scripts/bench-measurement.sh FOLDER [MAILS]
set -euo pipefail
cd "$(dirname "$0")/.."

folder=${1:?name a folder for the log, its run and DuckDB}
mails=${2:-10000000}
command -v /usr/bin/time >/dev/null || { echo "GNU time is needed (Debian: time)" >&2; exit 2; }
mkdir -p "$folder"
if [ ! -x "$folder/venv/bin/python" ]; then
    python3 -m venv "$folder/venv"
    "$folder/venv/bin/pip" install --quiet duckdb==2.0.1 pytz
fi
cargo build --release --locked --features measure
ebrc=target/release/ebrc
if [ ! -f "$folder/run/annotated.parquet" ]; then
    "$ebrc" simulate --emails "$mails" --seed 2 --out "$folder/log.parquet" --side-tables "$folder/world"
    "$ebrc" mine "$folder/log.parquet" --run "$folder/run"
    "$ebrc" label --run "$folder/run" --from-truth --top 200
    "$ebrc" predict --run "$folder/run" --model models/classifier
    "$ebrc" annotate --run "$folder/run"
fi
results=benches/measurement
/usr/bin/time -v "$ebrc" measure --run "$folder/run" --snapshots "$folder/world" \
    --threads 2 --memory 2048 --show-addresses --timings >"$folder/measured.txt" 2>"$folder/timings.txt"
"$folder/venv/bin/python" "$results/duckdb_peer.py" "$folder/run" "$folder/timings.txt" \
    "$results/queries.csv" 2 2048 2>"$folder/peer.txt"
grep -P '\t' "$folder/timings.txt" >"$results/steps.tsv"
{
    "$ebrc" sql --run "$folder/run" --format csv "SELECT count(*) AS mails FROM mails"
    grep -E "Elapsed|Maximum resident|User time|System time" "$folder/timings.txt"
    cat "$folder/peer.txt"
} | tee "$results/results.txt"
