"""What `ebrc classify` costs as work grows: start, one message, messages,
distinct texts, and the length of a text. Writes every measurement as a line of
JSON, and prints tables of them.

growth.py FOLDER RESULTS [SECTION...]

FOLDER holds what `scripts/bench-classify.sh` prepares; programs and model are
taken from the project. SECTION is start, latency, messages, known, length or
texts: where some are named, the others' lines of RESULTS are kept.
"""

import itertools
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time

folder, results, *sections = sys.argv[1:]
here = os.path.dirname(os.path.abspath(__file__))
EBRC = "target/release/ebrc"
THROUGHPUT = "target/release/examples/throughput"
MODEL = "models/classifier"
MESSAGES = os.path.join(folder, "ten-million")
# The classifier's reading of a text for each of the catalogue's.
TEXTS = os.path.join(folder, "texts")
ZONE_MTA = os.path.join(folder, "node_modules", "zone-mta")
STARTS = 100
ROUNDS = 3


def run(arguments):
    """Wall clock, CPU and peak memory of one run."""
    start = time.monotonic()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{arguments} failed")
    return {
        "wall_s": time.monotonic() - start,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / 1024,
    }


def classify(path, precision, threads):
    return run([EBRC, "classify", "--precision", precision, "--threads", str(threads), path])


def read_json(command):
    done = subprocess.run(command, capture_output=True, check=True)
    return json.loads(done.stdout)


def head(name, count):
    """The first messages, as a file."""
    path = os.path.join(folder, name)
    with open(MESSAGES, "rb") as lines, open(path, "wb") as part:
        part.writelines(itertools.islice(lines, count))
    return path


def start():
    one = head("one", 1)
    for precision, threads in itertools.product(["f32", "int8"], [1, 2]):
        runs = [classify(one, precision, threads) for _ in range(STARTS)]
        walls = sorted(run["wall_s"] * 1000 for run in runs)
        yield {
            "precision": precision,
            "threads": threads,
            "p50_ms": walls[len(walls) // 2],
            "p99_ms": walls[len(walls) * 99 // 100 - 1],
            "peak_mb": max(run["peak_mb"] for run in runs),
        }


def latency():
    for precision, threads in itertools.product(["f32", "int8"], [1, 2]):
        command = [THROUGHPUT, "latency", precision, MODEL, TEXTS, "1", str(threads), "5"]
        yield {"precision": precision, **read_json(command)}


def messages():
    for precision in ["int8", "f32"]:
        for power in range(4, 8):
            path = head("messages", 10**power)
            line = classify(path, precision, 1)
            yield {"precision": precision, "threads": 1, "messages": 10**power, **line}


def known():
    """The cost of messages whose texts are known: a million, then the same four
    times, in rounds beside the peer."""
    one = head("messages", 10**6)
    four = os.path.join(folder, "four")
    with open(four, "wb") as part:
        for _ in range(4):
            with open(one, "rb") as lines:
                shutil.copyfileobj(lines, part)
    some = head("zone", 100_000)
    for _ in range(ROUNDS):
        for threads in [1, 2]:
            walls = [classify(path, "int8", threads)["wall_s"] for path in (one, four)]
            rate = 3e6 / (walls[1] - walls[0])
            yield {"tool": "ebrc", "threads": threads, "walls_s": walls, "messages_a_second": rate}
        if os.path.isdir(ZONE_MTA):
            line = read_json(["node", os.path.join(here, "zone.js"), ZONE_MTA, some])
            rate = line["messages"] / line["wall_s"]
            yield {"tool": "ZoneMTA's rules", "threads": 1, "messages_a_second": rate}


def length():
    uncut = os.path.join(folder, "uncut")
    shutil.copytree(MODEL, uncut, dirs_exist_ok=True)
    path = os.path.join(uncut, "tokenizer.json")
    with open(path, encoding="utf-8") as file:
        tokenizer = json.load(file)
    tokenizer["truncation"]["max_length"] = 512
    with open(path, "w", encoding="utf-8") as file:
        json.dump(tokenizer, file)
    texts = os.path.join(folder, "long")
    for precision, tokens in itertools.product(["f32", "int8"], [8, 16, 32, 64, 128, 256, 512]):
        # A word is a token; two more begin and end a text.
        with open(texts, "w", encoding="utf-8") as part:
            part.write(("mail " * (tokens - 2) + "\n") * 320)
        command = [THROUGHPUT, "inference", precision, uncut, texts, "32", "1", "2"]
        yield {"precision": precision, "tokens": tokens, **read_json(command)}


def texts():
    words = common_words()
    path = os.path.join(folder, "distinct")
    for precision, powers in [("int8", range(2, 7)), ("f32", range(2, 6))]:
        for power in powers:
            dice = random.Random(1)
            with open(path, "w", encoding="utf-8") as part:
                for _ in range(10**power):
                    part.write("550 5.7.1 " + " ".join(dice.choices(words, k=20)) + "\n")
            line = classify(path, precision, 2)
            yield {"precision": precision, "threads": 2, "texts": 10**power, **line}


def common_words():
    """Plain words of the messages: no digits, no signs."""
    seen = {}
    with open(MESSAGES, encoding="utf-8", errors="replace") as lines:
        for line in itertools.islice(lines, 200_000):
            for word in line.split():
                if word.isascii() and word.isalpha() and word.islower() and len(word) > 2:
                    seen[word] = seen.get(word, 0) + 1
    return sorted(word for word, count in seen.items() if count > 50)


SECTIONS = {
    "start": start,
    "latency": latency,
    "messages": messages,
    "known": known,
    "length": length,
    "texts": texts,
}


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return {"what": "machine", "cpu": names[0], "cores": os.cpu_count()}


def tables(lines):
    def of(what):
        return [line for line in lines if line["what"] == what]

    print(f"A single `ebrc classify`, from its start to its end ({STARTS} runs):")
    for line in of("start"):
        print(
            f"  {line['precision']:4} {line['threads']} threads: p50 {line['p50_ms']:.1f} ms,"
            f" p99 {line['p99_ms']:.1f} ms, peak {line['peak_mb']:.0f} MB"
        )
    print("\nOne text at a time, in a running program:")
    for line in of("latency"):
        print(
            f"  {line['precision']:4} {line['threads']} threads:"
            f" p50 {line['p50_ms']:.2f} ms, p99 {line['p99_ms']:.2f} ms"
        )
    print("\nMessages of a simulated log, one thread (steady: since the line before):")
    print("  precision    messages   wall s    CPU s  peak MB   messages/s  steady/s")
    before = None
    for line in of("messages"):
        count, wall = line["messages"], line["wall_s"]
        steady = ""
        if before and before["precision"] == line["precision"]:
            rate = (count - before["messages"]) / (wall - before["wall_s"])
            steady = f"{rate:10,.0f}"
        before = line
        print(
            f"  {line['precision']:9}{count:12,} {wall:8.2f} {line['cpu_s']:8.2f}"
            f" {line['peak_mb']:8.0f} {count / wall:12,.0f}{steady}"
        )
    print("\nA million messages, and four times the same: what the three million more cost")
    rates = {}
    for line in of("known"):
        key = f"{line['tool']}, {line['threads']} threads"
        rates.setdefault(key, []).append(line["messages_a_second"])
    for name, values in rates.items():
        median, low, high = statistics.median(values), min(values), max(values)
        print(f"  {name:28}{median:12,.0f} messages/s ({low:,.0f}-{high:,.0f})")
    print("\nLength, batches of 32, one thread:")
    print("  precision tokens     texts/s    tokens/s")
    for line in of("length"):
        rate = line["texts"] / line["wall_s"]
        print(
            f"  {line['precision']:9}{line['tokens']:7} {rate:11,.1f} {rate * line['tokens']:11,.0f}"
        )
    print("\nDistinct texts of 20 words, two threads:")
    print("  precision     texts   wall s    CPU s  peak MB     texts/s")
    for line in of("texts"):
        print(
            f"  {line['precision']:9}{line['texts']:10,} {line['wall_s']:8.2f}"
            f" {line['cpu_s']:8.2f} {line['peak_mb']:8.0f} {line['texts'] / line['wall_s']:11,.0f}"
        )


lines = []
if sections:
    with open(results, encoding="utf-8") as file:
        lines = [line for line in map(json.loads, file) if line["what"] not in sections]
else:
    lines = [machine()]
for name in sections or SECTIONS:
    for line in SECTIONS[name]():
        lines.append({"what": name, **line})
        print(lines[-1], file=sys.stderr, flush=True)
with open(results, "w", encoding="utf-8") as file:
    file.writelines(json.dumps(line) + "\n" for line in lines)
tables(lines)
