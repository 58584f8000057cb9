"""What `ebrc evaluate` costs as predictions grow: time and peak memory, of gold
files and of runs. Writes every measurement as a line of JSON, and prints a table.

growth.py FOLDER RESULTS

FOLDER holds what `scripts/bench-evaluate.sh` prepares.
"""

import json
import os
import subprocess
import sys
import time

folder, results = sys.argv[1:]
EBRC = "target/release/ebrc"


def run(arguments):
    """Wall clock, CPU and peak memory of one run."""
    start = time.monotonic()
    process = subprocess.Popen(
        arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{arguments} failed")
    return {
        "wall_s": time.monotonic() - start,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / 1024,
    }


def support(report):
    """Messages compared, and messages in all."""
    with open(report) as file:
        content = json.load(file)
    if "gold" in content:
        return content["gold"]["rows"]
    return sum(content["run"]["sources"].values())


rows = []
for kind in ("gold", "run"):
    names = [name for name in os.listdir(folder) if name.startswith(f"{kind}-")]
    for name in sorted(names, key=lambda name: int(name.split("-")[1])):
        path = os.path.join(folder, name)
        if kind == "gold":
            out = os.path.join(folder, "out")
            cost = run([EBRC, "evaluate", "--gold", path, "--precision", "int8", "--out", out])
            messages = support(os.path.join(out, "report.json"))
        else:
            cost = run([EBRC, "evaluate", "--run", path])
            messages = support(os.path.join(path, "evaluation", "report.json"))
        rows.append({"kind": kind, "predictions": messages, **cost})

with open(results, "w") as file:
    for row in rows:
        file.write(json.dumps(row) + "\n")
print(f"{'what':<6}{'predictions':>12}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}")
for row in rows:
    print(
        f"{row['kind']:<6}{row['predictions']:>12,}{row['wall_s']:>9.1f}"
        f"{row['cpu_s']:>9.1f}{row['peak_mb']:>9.0f}"
    )
