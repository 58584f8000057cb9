"""Sets ebrc's Drain beside Drain3 in Python and the crates drain3, drain-rs and
logdrain: each a process that reads the same lines and learns them, in turn
within each round. Writes every measurement as a line of JSON, and prints tables.

compare.py FOLDER RESULTS ROUNDS [SECTION...]

FOLDER holds what `scripts/bench-drain.sh` prepares. SECTION is depth, masks,
templates, length, memory, shards or instructions: where some are named, the
others' lines of RESULTS are kept.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import time

folder, results, rounds, *sections = sys.argv[1:]
rounds = int(rounds)
here = os.path.dirname(os.path.abspath(__file__))

EBRC = "target/release/examples/drain_throughput"
PEERS = os.path.join(folder, "peers", "release")
TOOLS = {
    "ebrc": [EBRC],
    "drain3-py": [os.path.join(folder, "venv", "bin", "python"), os.path.join(here, "python.py")],
    "drain3-rs": [os.path.join(PEERS, "drain3")],
    "drain-rs": [os.path.join(PEERS, "drain_rs")],
    "logdrain": [os.path.join(PEERS, "logdrain")],
}
# drain-rs is left out where it could not be built.
TOOLS = {tool: command for tool, command in TOOLS.items() if os.path.exists(command[0])}
IN_RUST = [tool for tool in TOOLS if tool != "drain3-py"]
REPLIES = os.path.join(folder, "replies")
REPLY_LINES = 100_000
# After so many seconds a run ends with the lines that it has learned.
LIMIT = 60
LIMIT_OF_TEMPLATES = 6
# So many children a node may have: the customary bound, and none. The crates
# drain-rs (at this depth) and logdrain never have one.
CHILDREN = [100, 60_000]


def run(arguments, **more):
    """What a program prints, and its CPU time."""
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, **more)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{arguments} failed")
    return {**json.loads(output), "cpu_s": usage.ru_utime + usage.ru_stime}


def in_turn(places, times=rounds, limit=LIMIT):
    """Every tool at every place, in rounds; another one is first in each."""
    tools = list(TOOLS)
    for number in range(times):
        for place, options in places:
            first = number % len(tools)
            for tool in tools[first:] + tools[:first]:
                line = run([*TOOLS[tool], "--limit", str(limit), *options])
                yield {**place, "round": number, **line, "all": line["lines"] >= place["of"]}


def head(name, source, count):
    path = os.path.join(folder, name)
    with open(source, "rb") as lines, open(path, "wb") as part:
        for _ in range(count):
            part.write(next(lines))
    return path


def made_up(name, lines, templates, tokens):
    """A file of made-up lines."""
    path = os.path.join(folder, name)
    command = [EBRC, "--print", "--lines", str(lines), "--templates", str(templates)]
    with open(path, "wb") as out:
        subprocess.run([*command, "--tokens", tokens], stdout=out, check=True)
    return path


def depth():
    path = head("some", REPLIES, REPLY_LINES)
    places = [
        ({"depth": depth, "of": REPLY_LINES}, ["--depth", str(depth), path]) for depth in (4, 6, 8)
    ]
    yield from in_turn(places)


def masks():
    path = head("some", REPLIES, REPLY_LINES)
    # ebrc's own similarity for masked replies.
    options = ["--masks", "--similarity", "0.7"]
    places = [
        ({"depth": depth, "of": REPLY_LINES}, [*options, "--depth", str(depth), path])
        for depth in (4, 6, 8)
    ]
    # Lines of 16 tokens and 100 templates, as simple as logs get.
    lines = 500_000
    path = made_up("simple", lines, 100, "16")
    places.append(({"depth": "8, simple", "of": lines}, [*options, "--depth", "8", path]))
    yield from in_turn(places)


def templates():
    places = []
    for power in range(2, 6):
        count = 10**power
        lines = count + 50_000
        path = made_up(f"templates-{count}", lines, count, "8-40")
        for children in CHILDREN:
            place = {"templates": count, "children": children, "of": lines}
            places.append((place, ["--max-children", str(children), path]))
    yield from in_turn(places, 1, LIMIT_OF_TEMPLATES)


def length():
    places = []
    for tokens in (4, 16, 64, 256):
        lines = 1_000_000 // tokens
        path = made_up(f"tokens-{tokens}", lines, 100, str(tokens))
        places.append(({"tokens": tokens, "of": lines}, [path]))
    yield from in_turn(places)


def memory():
    """Lines are made up and go through a pipe: nobody holds them."""
    for tool in TOOLS:
        lines = 10**7 if tool in IN_RUST else 10**6
        command = [EBRC, "--print", "--lines", str(lines), "--templates", "1000", "--tokens", "8-40"]
        source = subprocess.Popen(command, stdout=subprocess.PIPE)
        yield {"of": lines, **run([*TOOLS[tool], "-"], stdin=source.stdout)}
        source.stdout.close()
        source.wait()


def shards():
    for number in range(rounds):
        for masks in [[], ["--masks"]]:
            for threads in (1, 2):
                line = run([EBRC, *masks, "--threads", str(threads), REPLIES])
                yield {"masks": bool(masks), "threads": threads, "round": number, **line}


def instructions():
    """By line, once all templates are known: what two more passes cost."""
    path = head("few", REPLIES, 5000)
    for masks in ([], ["--masks"]):
        for tool in IN_RUST:
            counts = []
            for passes in (1, 3):
                command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
                command += [*TOOLS[tool], *masks, "--passes", str(passes), path]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                counts.append(int(re.search(r"Collected : (\d+)", done.stderr)[1]))
            count = (counts[1] - counts[0]) / (2 * 5000)
            yield {"masks": bool(masks), "tool": tool, "instructions_a_line": count}


SECTIONS = {
    "depth": depth,
    "masks": masks,
    "templates": templates,
    "length": length,
    "memory": memory,
    "shards": shards,
    "instructions": instructions,
}


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    with open(os.path.join(here, "peers", "Cargo.lock"), encoding="utf-8") as file:
        locked = dict(re.findall(r'name = "(.+)"\nversion = "(.+)"', file.read()))
    python = subprocess.run([TOOLS["drain3-py"][0], "-V"], capture_output=True, text=True, check=True)
    code = "import importlib.metadata as m; print(m.version('drain3'))"
    drain3 = subprocess.run(
        [TOOLS["drain3-py"][0], "-c", code], capture_output=True, text=True, check=True
    )
    return {
        "what": "machine",
        "cpu": names[0],
        "cores": os.cpu_count(),
        "rounds": rounds,
        "python": python.stdout.split()[1],
        "drain3-py": drain3.stdout.strip(),
        "drain3-rs": locked["drain3"],
        "drain-rs": locked["drain-rs"],
        "logdrain": locked["logdrain"],
    }


def rates(lines, key):
    """A table of lines a second, by place and tool."""
    print(f"{key:>10} tool        clusters   lines/s: median (smallest-largest)   ebrc / peer")
    by_place = {}
    for line in lines:
        by_place.setdefault(line[key], {}).setdefault(line["tool"], []).append(line)
    for place, by_tool in by_place.items():
        for tool, runs in by_tool.items():
            values = [run["lines"] / run["seconds"] for run in runs]
            name = place if isinstance(place, str) else f"{place:,}"
            ratio = ""
            if tool != "ebrc" and "ebrc" in by_tool:
                ours = {run["round"]: run["lines"] / run["seconds"] for run in by_tool["ebrc"]}
                pairs = [ours[run["round"]] / value for run, value in zip(runs, values)]
                ratio = f"{statistics.median(pairs):.2f}"
            ended = "" if all(run["all"] for run in runs) else "  ended early"
            spread = f"({min(values):,.0f}-{max(values):,.0f})"
            print(
                f"{name:>10} {tool:10}{runs[-1]['clusters']:10,} {statistics.median(values):18,.0f}"
                f" {spread:25}{ratio:>8}{ended}"
            )


def tables(lines):
    def of(what):
        return [line for line in lines if line["what"] == what]

    print("Lines a second that a process learns of those that it holds in memory, one thread.")
    print("The last column is the median, over the rounds, of ebrc's rate over the peer's.")
    print(f"\nSimulated replies as they are ({REPLY_LINES:,}), similarity 0.4:")
    rates(of("depth"), "depth")
    print("\nThe same, masked as they are learned, similarity 0.7:")
    rates(of("masks"), "depth")
    for children in CHILDREN:
        print(f"\nMade-up lines of 8 to 40 tokens: templates, {children:,} children a node at most")
        print(f"(ended after {LIMIT_OF_TEMPLATES} s):")
        rates([line for line in of("templates") if line["children"] == children], "templates")
    print("\nMade-up lines of 100 templates: tokens a line:")
    rates(of("length"), "tokens")
    print("\nMade-up lines through a pipe, 1,000 templates of 8 to 40 tokens:")
    print("  tool            lines  clusters  peak MB")
    for line in of("memory"):
        print(
            f"  {line['tool']:10}{line['lines']:12,} {line['clusters']:9,} {line['peak_mb']:8.0f}"
        )
    print("\nThreads, all simulated replies:")
    by_threads = {}
    for line in of("shards"):
        place = (line["masks"], line["threads"])
        by_threads.setdefault(place, []).append(line["lines"] / line["seconds"])
    for (masks, threads), values in by_threads.items():
        name = "masked" if masks else "as they are"
        print(
            f"  {name:12}{threads} threads: {statistics.median(values):12,.0f} lines/s"
            f" ({min(values):,.0f}-{max(values):,.0f})"
        )
    print("\nInstructions a line of known templates (callgrind), simulated replies:")
    for line in of("instructions"):
        name = "masked" if line["masks"] else "as they are"
        print(f"  {name:12}{line['tool']:10}{line['instructions_a_line']:12,.0f}")


lines = [machine()]
if sections and os.path.exists(results):
    with open(results, encoding="utf-8") as file:
        lines = [line for line in map(json.loads, file) if line["what"] not in sections]
for name in sections or SECTIONS:
    start = time.monotonic()
    for line in SECTIONS[name]():
        lines.append({"what": name, **line})
    print(f"{name}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
with open(results, "w", encoding="utf-8") as file:
    file.writelines(json.dumps(line) + "\n" for line in lines)
tables(lines)
