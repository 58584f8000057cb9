"""Sets ebrc beside PyTorch and ONNX Runtime: the same weights, the same texts,
tools in turn within each round. Writes every measurement as a line of JSON, and
prints a table of medians.

compare.py THROUGHPUT TEXTS RESULTS ROUNDS SECONDS NAME=MODEL...

THROUGHPUT is the built example `throughput` of ebrc-model, MODEL the folder of a
classifier. See `scripts/bench-models.sh`, which prepares everything.
"""

import json
import os
import statistics
import subprocess
import sys
from collections import defaultdict

throughput, texts, results, rounds, seconds = sys.argv[1:6]
models = dict(word.split("=", 1) for word in sys.argv[6:])
rounds = int(rounds)
here = os.path.dirname(os.path.abspath(__file__))

OURS = {"ebrc": "f32", "ebrc-int8": "int8"}
TOOLS = {
    "inference": ["ebrc", "torch", "onnx", "ebrc-int8", "onnx-int8"],
    "training": ["ebrc", "torch"],
}
# What each of ours is set against.
AGAINST = {"ebrc": ["torch", "onnx"], "ebrc-int8": ["onnx-int8"]}
SIZES = [1, 32, 64, 128]
THREADS = [1, 2]
peers = {}


def peer(tool, model):
    """A peer's process; it waits for work without using the processor."""
    if (tool, model) not in peers:
        peers[tool, model] = subprocess.Popen(
            [sys.executable, os.path.join(here, "peers.py"), tool, models[model], texts],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
    return peers[tool, model]


def measure(tool, model, task, batch, threads):
    if tool in OURS:
        command = [throughput, task, OURS[tool], models[model], texts]
        command += [str(batch), str(threads), seconds]
        line = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    else:
        process = peer(tool, model)
        print(task, batch, threads, seconds, file=process.stdin, flush=True)
        line = process.stdout.readline()
    return {**json.loads(line), "tool": tool, "model": model}


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    code = (
        "import torch, onnxruntime, transformers as t;"
        "print(torch.__version__, onnxruntime.__version__, t.__version__)"
    )
    versions = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    torch, onnxruntime, transformers = versions.stdout.split()
    return {
        "cpu": names[0],
        "cores": os.cpu_count(),
        "torch": torch,
        "onnxruntime": onnxruntime,
        "transformers": transformers,
    }


rates = defaultdict(list)
with open(results, "w", encoding="utf-8") as out:
    first_line = {"machine": machine(), "rounds": rounds, "seconds": float(seconds)}
    print(json.dumps(first_line), file=out)
    for number in range(rounds):
        places = [
            (model, task, batch, threads)
            for model in models
            for task in TOOLS
            for batch in SIZES
            for threads in THREADS
        ]
        for model, task, batch, threads in places:
            tools = TOOLS[task]
            # Another one is first in each round.
            first = number % len(tools)
            for tool in tools[first:] + tools[:first]:
                line = measure(tool, model, task, batch, threads)
                line["round"] = number
                print(json.dumps(line), file=out, flush=True)
                rate = (line["texts"] / line["wall_s"], line["texts"] / line["cpu_s"])
                rates[model, task, batch, threads, tool].append(rate)
        print(f"round {number + 1} of {rounds} done", file=sys.stderr, flush=True)
for process in peers.values():
    process.stdin.close()
    process.wait()

print("Texts a second by wall clock: median (smallest-largest) of the rounds; by CPU-second: median.")
print("The last column is the median, over the rounds, of ebrc's rate by wall clock over the peer's.")
print()
print("model   task      batch threads tool       wall clock            CPU-second  ebrc / peer")
for (model, task, batch, threads, tool), values in rates.items():
    wall = [value[0] for value in values]
    ratios = ""
    for ours, others in AGAINST.items():
        if tool in others and (model, task, batch, threads, ours) in rates:
            pairs = zip(rates[model, task, batch, threads, ours], values)
            ratios = f"{statistics.median(a[0] / b[0] for a, b in pairs):.2f}"
    spread = f"({min(wall):.0f}-{max(wall):.0f})"
    cpu = statistics.median(value[1] for value in values)
    print(
        f"{model:8}{task:10}{batch:5} {threads:7} {tool:10}"
        f" {statistics.median(wall):7.1f} {spread:13}{cpu:11.1f}{ratios:>13}"
    )
