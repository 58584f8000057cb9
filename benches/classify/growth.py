"""What `ebrc classify` costs as work grows: start, one message, messages,
distinct texts, and the length of a text. Writes every measurement as a line of
JSON, and prints tables.

growth.py EBRC THROUGHPUT MODEL MESSAGES FOLDER RESULTS [ZONE_MTA]

EBRC is the program, THROUGHPUT the example of ebrc-model, MODEL a classifier's
folder, MESSAGES ten million refusals, FOLDER a place for files, ZONE_MTA the
folder of the npm package zone-mta, whose rules are a peer. See
`scripts/bench-classify.sh`, which prepares everything.
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

ebrc, throughput, model, messages, folder, results = sys.argv[1:7]
zone_mta = sys.argv[7] if len(sys.argv) > 7 else None
out = open(results, "w", encoding="utf-8")
here = os.path.dirname(os.path.abspath(__file__))


def note(**line):
    print(json.dumps(line), file=out, flush=True)
    return line


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
    return run([ebrc, "classify", "--precision", precision, "--threads", str(threads), path])


def head(path, count):
    """The first lines of the messages, as a file."""
    with open(messages, "rb") as lines, open(path, "wb") as part:
        part.writelines(itertools.islice(lines, count))
    return path


def start():
    print("A single `ebrc classify`, from its start to its end (100 runs):")
    one = head(os.path.join(folder, "one"), 1)
    for precision, threads in itertools.product(["f32", "int8"], [1, 2]):
        runs = [classify(one, precision, threads) for _ in range(100)]
        walls = sorted(run["wall_s"] * 1000 for run in runs)
        line = note(
            what="start",
            precision=precision,
            threads=threads,
            p50_ms=walls[49],
            p99_ms=walls[98],
            peak_mb=max(run["peak_mb"] for run in runs),
        )
        print(
            f"  {precision:4} {threads} threads: p50 {line['p50_ms']:.1f} ms,"
            f" p99 {line['p99_ms']:.1f} ms, peak {line['peak_mb']:.0f} MB"
        )


def latency(texts):
    print("One text at a time, in a running program:")
    for precision, threads in itertools.product(["f32", "int8"], [1, 2]):
        command = [throughput, "latency", precision, model, texts, "1", str(threads), "3"]
        line = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        note(what="latency", precision=precision, **line)
        print(
            f"  {precision:4} {threads} threads: p50 {line['p50_ms']:.2f} ms, p99 {line['p99_ms']:.2f} ms"
        )


def zone_mta_rate():
    """Messages a second of ZoneMTA's rules, after a warm-up."""
    part = head(os.path.join(folder, "zone"), 100_000)
    command = ["node", os.path.join(here, "zone.js"), zone_mta, part]
    line = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return line["messages"] / line["wall_s"]


def grow_messages():
    print("Messages of a simulated log, one thread (steady: since the line before):")
    print("  precision    messages   wall s    CPU s  peak MB   messages/s  steady/s")
    for precision in ["int8", "f32"]:
        before = None
        for power in range(4, 8):
            count = 10**power
            path = head(os.path.join(folder, "messages"), count)
            line = classify(path, precision, 1)
            steady = 0
            if before:
                steady = (count - before["messages"]) / (line["wall_s"] - before["wall_s"])
            before = note(what="messages", precision=precision, threads=1, messages=count, **line)
            print(
                f"  {precision:9}{count:12,} {line['wall_s']:8.2f} {line['cpu_s']:8.2f}"
                f" {line['peak_mb']:8.0f} {count / line['wall_s']:12,.0f} {steady:9,.0f}"
            )
    known_again()


def known_again():
    """The cost of messages whose texts are known: a million, then again four
    times, in rounds beside the peer."""
    print("A million messages, and four times the same (what the three million more cost):")
    one = head(os.path.join(folder, "messages"), 10**6)
    four = os.path.join(folder, "four")
    with open(four, "wb") as part:
        for _ in range(4):
            with open(one, "rb") as lines:
                shutil.copyfileobj(lines, part)
    rates = {}
    for number in range(5):
        for threads in [1, 2]:
            walls = [classify(path, "int8", threads)["wall_s"] for path in (one, four)]
            rate = 3e6 / (walls[1] - walls[0])
            rates.setdefault(f"ebrc, {threads} threads", []).append(rate)
            note(what="known", round=number, threads=threads, walls_s=walls, messages_a_second=rate)
        if zone_mta:
            rate = zone_mta_rate()
            rates.setdefault("ZoneMTA's rules, 1 thread", []).append(rate)
            note(what="zone-mta", round=number, messages_a_second=rate)
    for name, values in rates.items():
        print(
            f"  {name:26} {statistics.median(values):12,.0f} messages/s"
            f" ({min(values):,.0f}-{max(values):,.0f})"
        )


def distinct(count, path):
    """Messages of 20 words, no two alike to the classifier."""
    words = [word for word in open(os.path.join(folder, "words"), encoding="utf-8").read().split()]
    dice = random.Random(1)
    with open(path, "w", encoding="utf-8") as part:
        for _ in range(count):
            part.write("550 5.7.1 " + " ".join(dice.choices(words, k=20)) + "\n")


def grow_texts():
    print("Distinct texts of 20 words, two threads:")
    print("  precision     texts   wall s    CPU s  peak MB     texts/s")
    path = os.path.join(folder, "distinct")
    for precision, powers in [("int8", range(2, 7)), ("f32", range(2, 6))]:
        for power in powers:
            count = 10**power
            distinct(count, path)
            line = classify(path, precision, 2)
            note(what="texts", precision=precision, threads=2, texts=count, **line)
            print(
                f"  {precision:9}{count:10,} {line['wall_s']:8.2f} {line['cpu_s']:8.2f}"
                f" {line['peak_mb']:8.0f} {count / line['wall_s']:11,.0f}"
            )


def grow_length():
    print("Length, batches of 32, one thread:")
    print("  precision tokens     texts/s    tokens/s")
    uncut = os.path.join(folder, "uncut")
    shutil.copytree(model, uncut, dirs_exist_ok=True)
    path = os.path.join(uncut, "tokenizer.json")
    tokenizer = json.load(open(path, encoding="utf-8"))
    tokenizer["truncation"]["max_length"] = 512
    json.dump(tokenizer, open(path, "w", encoding="utf-8"))
    texts = os.path.join(folder, "texts")
    for precision in ["f32", "int8"]:
        for tokens in [8, 16, 32, 64, 128, 256, 512]:
            # A word is a token; two more begin and end a text.
            with open(texts, "w", encoding="utf-8") as part:
                part.write(("mail " * (tokens - 2) + "\n") * 320)
            command = [throughput, "inference", precision, uncut, texts, "32", "1", "2"]
            line = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
            note(what="length", precision=precision, tokens=tokens, **line)
            rate = line["texts"] / line["wall_s"]
            print(f"  {precision:9}{tokens:7} {rate:11,.1f} {rate * tokens:11,.0f}")


def words():
    """Plain words of the messages: no digits, no signs."""
    seen = {}
    with open(messages, encoding="utf-8", errors="replace") as lines:
        for line in itertools.islice(lines, 200_000):
            for word in line.split():
                if word.isascii() and word.isalpha() and word.islower() and len(word) > 2:
                    seen[word] = seen.get(word, 0) + 1
    common = sorted(word for word, count in seen.items() if count > 50)
    with open(os.path.join(folder, "words"), "w", encoding="utf-8") as part:
        part.write(" ".join(common))


words()
start()
latency(head(os.path.join(folder, "latency"), 2000))
grow_messages()
grow_length()
grow_texts()
