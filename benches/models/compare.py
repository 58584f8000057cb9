"""Sets ebrc beside PyTorch and ONNX Runtime: the same weights, the same texts,
tools in turn within each round. Writes every measurement as a line of JSON, and
prints a table of medians.

compare.py THROUGHPUT MODEL TEXTS RESULTS [ROUNDS] [SECONDS]

THROUGHPUT is the built example `throughput` of ebrc-model. See
`scripts/bench-models.sh`, which prepares everything.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
from collections import defaultdict

throughput, model, texts, results = sys.argv[1:5]
rounds = int(sys.argv[5]) if len(sys.argv) > 5 else 5
seconds = sys.argv[6] if len(sys.argv) > 6 else "2"
peers = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers.py")

TOOLS = {
    "inference": ["ebrc", "torch", "onnx", "onnx-int8"],
    "training": ["ebrc", "torch"],
}
SIZES = {"inference": [1, 32, 64, 128], "training": [32, 64]}


def measure(tool, task, batch, threads):
    arguments = [task, model, texts, str(batch), str(threads), seconds]
    if tool == "ebrc":
        command = [throughput, *arguments]
    else:
        command = [sys.executable, peers, tool, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    versions = subprocess.run(
        [
            sys.executable,
            "-c",
            "import torch, onnxruntime, transformers as t;"
            "print(torch.__version__, onnxruntime.__version__, t.__version__)",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    return {
        "cpu": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "torch": versions[0],
        "onnxruntime": versions[1],
        "transformers": versions[2],
    }


rates = defaultdict(list)
with open(results, "w", encoding="utf-8") as out:
    print(json.dumps({"machine": machine(), "rounds": rounds, "seconds": float(seconds)}), file=out)
    for number in range(rounds):
        for task, sizes in SIZES.items():
            for batch in sizes:
                for threads in (1, 2):
                    tools = TOOLS[task]
                    # Another one is first in each round.
                    first = number % len(tools)
                    for tool in tools[first:] + tools[:first]:
                        line = measure(tool, task, batch, threads)
                        line["round"] = number
                        print(json.dumps(line), file=out, flush=True)
                        key = (task, batch, threads, tool)
                        rates[key].append(
                            (line["texts"] / line["wall_s"], line["texts"] / line["cpu_s"])
                        )
        print(f"round {number + 1} of {rounds} done", file=sys.stderr)

print("task       batch threads tool       texts/s wall (spread)   texts/CPU-s   ebrc against it")
for (task, batch, threads, tool), values in rates.items():
    wall = statistics.median(value[0] for value in values)
    spread = (min(value[0] for value in values), max(value[0] for value in values))
    cpu = statistics.median(value[1] for value in values)
    ours = statistics.median(value[0] for value in rates[(task, batch, threads, "ebrc")])
    print(
        f"{task:10} {batch:5} {threads:7} {tool:10} {wall:8.1f} ({spread[0]:.0f}-{spread[1]:.0f})"
        f"{'':4}{cpu:10.1f} {ours / wall:12.2f}"
    )
