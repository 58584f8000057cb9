"""Holds ebrc's Drain against Drain3's: the same cluster for each line (numbered
in the order of first appearance), the same final templates, and the same
`match` of lines never learned. Drain3's own class `Drain` is asked, without its
masking, so that both see the same lines. The first difference is told.

parity.py CLUSTER TEXTS LEARN FIND [NAME...]

CLUSTER is the built example `cluster` of ebrc-drain. TEXTS is a folder; of each
file in it the first LEARN lines are learned, the next FIND are looked up. See
`scripts/drain3-parity.sh`, which prepares everything.
"""

import itertools
import os
import subprocess
import sys
import tempfile

from drain3.drain import Drain

cluster, folder, learn, find, *names = sys.argv[1:]
learn, find = int(learn), int(find)

DEPTHS = [4, 6, 8]
SIMILARITIES = [0.4, 0.7]
# A few children fill the nodes, so that the wildcard's place counts.
CHILDREN = [100, 5]


def read(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        lines = [line.rstrip("\n") for line in itertools.islice(file, learn + find)]
    if len(lines) < learn + find:
        sys.exit(f"{path} has {len(lines)} lines, not {learn + find}")
    return lines[:learn], lines[learn:]


def ours(known, unseen, depth, similarity, children, numeric):
    with tempfile.TemporaryDirectory() as scratch:
        paths = [os.path.join(scratch, name) for name in ("learn", "find", "templates")]
        for path, lines in zip(paths, (known, unseen)):
            with open(path, "w", encoding="utf-8", newline="\n") as file:
                file.writelines(line + "\n" for line in lines)
        command = [cluster, "--depth", str(depth), "--similarity", str(similarity)]
        command += ["--max-children", str(children)]
        command += ["--numeric" if numeric else "--no-numeric"]
        command += ["--find", paths[1], "--templates", paths[2], paths[0]]
        done = subprocess.run(command, capture_output=True, check=True, text=True)
        ids = [None if word == "-" else int(word) for word in done.stdout.split()]
        with open(paths[2], encoding="utf-8", newline="\n") as file:
            templates = file.read().split("\n")[:-1]
    return ids[: len(known)], ids[len(known) :], templates


def theirs(known, unseen, depth, similarity, children, numeric):
    drain = Drain(
        depth=depth,
        sim_th=similarity,
        max_children=children,
        parametrize_numeric_tokens=numeric,
    )
    learned = [drain.add_log_message(line)[0].cluster_id for line in known]
    matches = [drain.match(line, full_search_strategy="never") for line in unseen]
    found = [match and match.cluster_id for match in matches]
    templates = {c.cluster_id: c.get_template() for c in drain.clusters}
    return learned, found, templates


def differences(known, unseen, settings):
    """What differs, and how many clusters and found lines there are."""
    our_ids, our_found, our_templates = ours(known, unseen, *settings)
    their_ids, their_found, their_templates = theirs(known, unseen, *settings)
    ours_of = {}
    lines = 0
    first = None
    for number, (own, other) in enumerate(zip(our_ids, their_ids, strict=True)):
        if ours_of.setdefault(other, len(ours_of)) != own:
            lines += 1
            first = first or f"line {number + 1}, {known[number]!r}: ours {own}, theirs {other}"
    templates = 0
    for other, own in ours_of.items():
        mine = our_templates[own] if own < len(our_templates) else None
        if mine != their_templates[other]:
            templates += 1
            first = first or f"template {own}: ours {mine!r}, theirs {their_templates[other]!r}"
    templates += abs(len(our_templates) - len(their_templates))
    finds = 0
    for line, own, other in zip(unseen, our_found, their_found, strict=True):
        if own != ours_of.get(other):
            finds += 1
            first = first or f"unseen {line!r}: ours {own}, theirs {ours_of.get(other)}"
    matched = sum(found is not None for found in our_found)
    return (lines, templates, finds), len(our_templates), matched, first


print(f"{learn:,} lines learned, {find:,} other lines looked up; how many differ")
print("text     depth similarity children numeric  clusters   found   lines templates  finds")
wrong = 0
for name in names or sorted(os.listdir(folder)):
    known, unseen = read(os.path.join(folder, name))
    for settings in itertools.product(DEPTHS, SIMILARITIES, CHILDREN, [True, False]):
        depth, similarity, children, numeric = settings
        differing, clusters, matched, first = differences(known, unseen, settings)
        print(
            f"{name:10}{depth:4} {similarity:10} {children:8} {'yes' if numeric else 'no':>7}"
            f" {clusters:9,} {matched:7,} {differing[0]:7} {differing[1]:9} {differing[2]:6}",
            flush=True,
        )
        if first:
            print(f"  {first}")
            wrong += 1
print("All equal." if not wrong else f"{wrong} settings differ.")
sys.exit(1 if wrong else 0)
