#!/usr/bin/env bash
# Are our typing errors dnstwist's, kind by kind? Writes anew the list of what
# dnstwist makes of made-up domains and runs the test that compares ours with
# it. Installs dnstwist from a package registry into FOLDER and keeps it.
#
#   scripts/dnstwist-parity.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."

folder=${1:?name a folder for dnstwist}
if [ ! -x "$folder/bin/python" ]; then
    python3 -m venv "$folder"
    "$folder/bin/pip" install --quiet dnstwist==20250130 tld==0.13.2
fi
"$folder/bin/python" scripts/dnstwist-fixture.py >crates/ebrc-typos/tests/dnstwist.tsv
cargo test --locked -p ebrc-typos --test dnstwist
git diff --stat -- crates/ebrc-typos/tests/dnstwist.tsv
