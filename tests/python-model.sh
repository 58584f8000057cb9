#!/usr/bin/env bash
# Loads a classifier in Python's transformers, as others will, and holds what it
# says against ebrc: no weight is missing or left over, word pieces are the same,
# logits are equal within 1e-4 in f32, and pipeline("text-classification") gives
# the same labels and probabilities. The small classifier of the tests is held
# against it in the same way.
#
#   tests/python-model.sh [MODEL]
#   tests/python-model.sh --fixture
#
# MODEL is the classifier's folder, models/classifier where not given. With
# --fixture, what Python says of the small classifier is written to
# crates/ebrc-model/tests/python.json, which `cargo test` checks everywhere.
#
# Needs python3 and its registry: torch and transformers are installed into a
# temporary virtual environment, which takes 6 GB, or into the one in
# $EBRC_PYTHON, which is kept and used again.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() { sed -n 's/^#   //p' "$0" >&2; exit 2; }

[ $# -le 1 ] || usage
model=${1:-models/classifier}
fixture=
if [ "$model" = --fixture ]; then
    model=models/classifier
    fixture=crates/ebrc-model/tests/python.json
elif [ ! -d "$model" ]; then
    echo "python-model: there is no folder $model" >&2
    usage
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=${EBRC_PYTHON:-$work/python}
if ! "$python/bin/python" -c 'import torch, transformers' 2>/dev/null; then
    python3 -m venv "$python"
    "$python/bin/pip" install --quiet torch transformers
fi

example() { cargo run --quiet --release --locked -p ebrc-model --example "$@"; }
example tiny_model -- "$work/tiny"
compare() {
    "$python/bin/python" tests/python-model.py texts >"$work/texts"
    example logits -- "$1" <"$work/texts" >"$work/logits"
    "$python/bin/python" tests/python-model.py "$1" "$work/logits" "${@:2}"
}
compare "$model"
compare "$work/tiny" ${fixture:+"$fixture"}
