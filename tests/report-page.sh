#!/usr/bin/env bash
# Opens a report.html in a real browser and checks what a unit test cannot see:
# that it loads nothing else, that its matrix says the counts of the report.json
# beside it, that a keyboard reaches it and that it fits a phone. With a FOLDER,
# screenshots and a PDF are left there.
#
#   tests/report-page.sh REPORT.html [FOLDER]
#
# Needs node (18 or newer), npm with its registry, and a Chromium: the one in
# $CHROMIUM, or else chromium, chromium-browser or google-chrome of the PATH.
set -euo pipefail

usage() { sed -n 's/^#   //p' "$0" >&2; exit 2; }
fail() { echo "report-page: $1" >&2; exit 2; }

[ $# -eq 1 ] || [ $# -eq 2 ] || usage
[ -f "$1" ] || fail "there is no file $1"
report=$(realpath "$1")
[ -f "$(dirname "$report")/report.json" ] || fail "there is no report.json beside $1"
pictures=
if [ $# -eq 2 ]; then
  mkdir -p "$2"
  pictures=$(realpath "$2")
fi

for needed in node npm; do
  command -v "$needed" >/dev/null || fail "$needed is not installed"
done
CHROMIUM=${CHROMIUM:-$(command -v chromium chromium-browser google-chrome | head -n 1 || true)}
[ -x "$CHROMIUM" ] || fail "no Chromium found: install one, or give its path in \$CHROMIUM"
export CHROMIUM

# The driver goes into a folder of its own, so that no node_modules lands here.
# The test is copied beside it, for imports are looked up from where a file lies.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --prefix "$work" --ignore-scripts --no-audit --no-fund --silent puppeteer-core@24.43.1
cp "$(dirname "$0")/report-page.mjs" "$work/"
node "$work/report-page.mjs" "$report" "$pictures"
