#!/usr/bin/env bash
# Makes models/classifier, the classifier that ships with ebrc: the shipped base
# fine-tuned on the whole catalogue twice, with the seeds 1 and 2, and the mean of
# the two. The same base, catalogue and seeds give the same bytes. The card is without an evaluation then: on labelled messages at
# hand, `ebrc evaluate --model models/classifier --gold FILE --seen data/catalogue --card`
# adds it.
#
#   scripts/train-classifier.sh [RUN [BASE [RATE]]]
#
# RUN is the run folder to work in, runs/classifier where not given. With a BASE,
# a folder (scripts/fetch-minilm.sh makes one) or a hub id such as
# google-bert/bert-base-multilingual-cased, that is trained with one seed and stays
# in RUN/seed-1/model; RATE is its highest learning rate, 1e-4 where not given
# (2e-5 to 5e-5 suits a BERT-base).
set -euo pipefail
cd "$(dirname "$0")/.."

run=${1:-runs/classifier}
# The program embeds a classifier: to build it for the first time, any will do.
if [ ! -d models/classifier ]; then
    cp -r models/base models/classifier
    echo '{"temperature":1,"texts":0,"loss_before":0,"loss_after":0,"thresholds":[]}' \
        >models/classifier/calibration.json
    touch models/classifier/README.md models/classifier/training.json
fi
ebrc() { cargo run --release --locked -- "$@"; }
train() {
    local run=$1/seed-$2
    ebrc sample --run "$run" --catalogue data/catalogue --altered \
        --per-type 2400 --ambiguous 4800 --validation 0.1 --seed 1
    ebrc train --run "$run" --resume --epochs 4 --precision f16 --seed "$2" "${@:3}"
}
if [ $# -gt 1 ]; then
    train "$run" 1 --base "$2" --learning-rate "${3:-1e-4}"
    exit
fi
train "$run" 1 --learning-rate 1e-4
train "$run" 2 --learning-rate 1e-4
rm -rf "$run/model"
ebrc model average "$run/seed-1" "$run/seed-2" --output "$run/model" --precision f16
mkdir -p models/classifier
cp "$run"/model/* models/classifier/
