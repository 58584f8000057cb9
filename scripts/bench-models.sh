#!/usr/bin/env bash
# Inference and training of the classifier that ships with ebrc, beside PyTorch
# and ONNX Runtime: benches/models/. Installs both from a package registry into
# FOLDER, which takes 5 GB; measures for half an hour.
#
#   scripts/bench-models.sh FOLDER [ROUNDS] [SECONDS]
set -euo pipefail
cd "$(dirname "$0")/.."

folder=${1:?name a folder for the peers}
if [ ! -x "$folder/bin/python" ]; then
    python3 -m venv "$folder"
    "$folder/bin/pip" install --quiet torch transformers onnx onnxruntime onnxscript
fi
cargo build --release --locked -p ebrc-model --example throughput
cargo run --release --locked -p ebrc-catalogue --example render |
    cut -f3 | LC_ALL=C sort -u | shuf --random-source=<(yes) >"$folder/texts"
"$folder/bin/python" benches/models/compare.py target/release/examples/throughput \
    models/classifier "$folder/texts" benches/models/results.ndjson "${2:-5}" "${3:-2}" |
    tee benches/models/results.txt
