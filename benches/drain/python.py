"""Drain3 in Python, with the options and the result of the other programs of
`benches/drain/`. With --masks its LogMasker masks each line first; otherwise its
class Drain gets the lines as they are.

python.py [--depth N] [--similarity S] [--max-children N] [--no-numeric]
    [--masks] [--passes N] [--limit SECONDS] FILE
"""

import argparse
import itertools
import json
import sys
import time

from drain3.drain import Drain
from drain3.masking import LogMasker, MaskingInstruction

# The same as of the peers in Rust: `peers/src/lib.rs`.
MASKS = [
    (r"https?://[^\s<>]+", "url"),
    (r"<?[\w.+=%-]+@[\w.-]+\.\w{2,}>?", "email"),
    (
        r"\b(?:\d{1,3}\.){3}\d{1,3}\b(?::\d+)?|\b(?:[0-9a-fA-F]{1,4}:){2,7}:?[0-9a-fA-F]{0,4}\b",
        "ip",
    ),
    (r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?|\b\d\d:\d\d:\d\d\b", "time"),
    (r"\b(?:[a-zA-Z0-9-]+\.)+[a-zA-Z]{2,}\b", "host"),
    (
        r"\b(?:[A-Za-z]+\d+|\d+[A-Za-z]+)[A-Za-z0-9]{6,}(?:[.-][A-Za-z0-9.-]+)?\b|\b\d{4,}\b",
        "id",
    ),
]

parser = argparse.ArgumentParser()
parser.add_argument("--depth", type=int, default=4)
parser.add_argument("--similarity", type=float, default=0.4)
parser.add_argument("--max-children", type=int, default=100)
parser.add_argument("--no-numeric", action="store_true")
parser.add_argument("--masks", action="store_true")
parser.add_argument("--passes", type=int, default=1)
parser.add_argument("--limit", type=float, default=float("inf"))
parser.add_argument("file")
options = parser.parse_args()

drain = Drain(
    depth=options.depth,
    sim_th=options.similarity,
    max_children=options.max_children,
    parametrize_numeric_tokens=not options.no_numeric,
    # Its default one is called, if only to do nothing.
    profiler=None,
)
masker = LogMasker([MaskingInstruction(*mask) for mask in MASKS], "<", ">")
if options.file == "-":
    sys.stdin.reconfigure(encoding="utf-8", newline="\n")
    lines = sys.stdin
else:
    with open(options.file, encoding="utf-8", newline="\n") as file:
        lines = itertools.chain.from_iterable([file.readlines()] * options.passes)

learned = 0
start = time.perf_counter()
for line in lines:
    drain.add_log_message(masker.mask(line) if options.masks else line)
    learned += 1
    if learned % 16 == 0 and time.perf_counter() - start > options.limit:
        break
seconds = time.perf_counter() - start
with open("/proc/self/status", encoding="utf-8") as status:
    peak = next(line for line in status if line.startswith("VmHWM:"))
result = {
    "tool": "drain3-py",
    "lines": learned,
    "seconds": seconds,
    "clusters": len(drain.clusters),
    "peak_mb": int(peak.split()[1]) / 1024,
}
print(json.dumps(result))
