#!/usr/bin/env bash
# Is our Drain Drain3's, cluster for cluster? 100,000 simulated replies, as they
# are and masked, under several settings: benches/drain/parity.py. Installs
# Drain3 from a package registry into FOLDER and keeps it; takes ten minutes.
#
#   scripts/drain3-parity.sh FOLDER [LINES]
set -euo pipefail
cd "$(dirname "$0")/.."

folder=${1:?name a folder for Drain3}
lines=${2:-100000}
unseen=10000
if [ ! -x "$folder/bin/python" ]; then
    python3 -m venv "$folder"
fi
if [ ! -d "$folder"/lib/python3*/site-packages/drain3-0.9.11.dist-info ]; then
    "$folder/bin/pip" install --quiet drain3==0.9.11
fi
cargo build --release --locked -p ebrc-drain --example cluster
cargo build --release --locked -p ebrc-ndr --example mask
cargo build --release --locked -p ebrc-simulation --example messages
rm -rf "$folder/texts"
mkdir "$folder/texts"
target/release/examples/messages $((lines + unseen)) >"$folder/texts/raw"
target/release/examples/mask <"$folder/texts/raw" >"$folder/texts/masked"
"$folder/bin/python" benches/drain/parity.py target/release/examples/cluster \
    "$folder/texts" "$lines" "$unseen"
