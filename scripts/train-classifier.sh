#!/usr/bin/env bash
# Makes models/classifier, the classifier that ships with ebrc: the shipped base
# fine-tuned on the whole catalogue. The same base, catalogue and seed give the
# same bytes. The card is without an evaluation then: on labelled messages at
# hand, `ebrc evaluate --model models/classifier --gold FILE --card` adds it.
#
#   scripts/train-classifier.sh [RUN]
#
# RUN is the run folder to work in, runs/classifier where not given.
set -euo pipefail
cd "$(dirname "$0")/.."

run=${1:-runs/classifier}
# The program embeds a classifier: to build it for the first time, any will do.
if [ ! -d models/classifier ]; then
    cp -r models/base models/classifier
    echo '{"temperature":1,"texts":0,"loss_before":0,"loss_after":0,"thresholds":[]}' \
        >models/classifier/calibration.json
fi
ebrc() { cargo run --release --locked -- "$@"; }
ebrc sample --run "$run" --catalogue data/catalogue --per-type 4000 --validation 0.1 --seed 1
ebrc train --run "$run" --resume --epochs 5 --learning-rate 1e-4 --precision f16 --seed 1
mkdir -p models/classifier
cp "$run"/model/* models/classifier/
