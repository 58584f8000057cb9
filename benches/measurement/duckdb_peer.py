"""Answers a measurement's queries with DuckDB, on the same tables.

Usage: duckdb_peer.py RUN TIMINGS OUT.csv THREADS MIB

RUN holds `measurement/measurement.json` and `tables/`; TIMINGS is what
`ebrc measure --timings` wrote. For each artefact: whether DuckDB's rows equal
ours, and both times. A query that uses a function of ours is left out, and said
to be.
"""

import csv
import json
import math
import pathlib
import re
import resource
import sys
import time

import duckdb

# Words of our engine, and DuckDB's.
WORDS = [
    (r"\bcardinality\(", "len("),
    (r"\bsketched_median\(", "median("),
    (r"\bmake_array\(", "list_value("),
    (r"\bto_char\(", "strftime("),
]
# Functions that only ebrc has.
OWN = ["bandwidth(", "was_listed("]
# Medians are sketched to a tenth of a percent, and their differences to as much
# of the medians.
TOLERANCE = 0.002
SECONDS = 0.2


def translate(sql):
    for ours, theirs in WORDS:
        sql = re.sub(ours, theirs, sql)
    return sql


def main(run, timings, out, threads, memory):
    run = pathlib.Path(run)
    measurement = json.loads((run / "measurement/measurement.json").read_text())
    seconds = {}
    for line in pathlib.Path(timings).read_text().splitlines():
        step, _, rest = line.partition("\t")
        if rest.endswith(" s"):
            seconds[step] = float(rest.split()[0])
    engine = duckdb.connect(config={"threads": int(threads), "memory_limit": f"{memory}MiB"})
    tables = run / "tables"
    for path in sorted(tables.iterdir()):
        if path.is_dir():
            if list(path.glob("piece-*.parquet")):
                engine.execute(
                    f"CREATE VIEW {path.name} AS SELECT * FROM read_parquet('{path}/*.parquet')"
                )
        elif path.suffix == ".parquet":
            engine.execute(
                f"CREATE VIEW {path.stem} AS SELECT * FROM read_parquet('{path}')"
            )
    here = pathlib.Path(__file__).parent / "../../crates/ebrc-measurement"
    engine.execute(
        f"CREATE TABLE paper AS SELECT * FROM read_csv('{here}/paper-tables.csv')"
    )
    engine.execute(
        f"CREATE TABLE table_2 AS SELECT * FROM read_csv('{here}/table-2.csv')"
    )
    for path in sorted((here / "paper").glob("*.csv")):
        engine.execute(
            f"CREATE TABLE paper_{path.stem} AS SELECT * FROM read_csv('{path}', auto_type_candidates=['BIGINT', 'DOUBLE', 'VARCHAR'])"
        )
    types = [(f"T{n}", category(n)) for n in range(1, 17)]
    engine.execute("CREATE TABLE types (type VARCHAR, category VARCHAR)")
    engine.executemany("INSERT INTO types VALUES (?, ?)", types)
    engine.execute("CREATE TABLE templates (template_id UINTEGER, template VARCHAR)")
    with (run / "templates.csv").open(newline="") as file:
        rows = [
            (
                int(row["template_id"]),
                " ".join(
                    part
                    for part in (row["reply_code"], row["enhanced_code"], row["template"])
                    if part
                ),
            )
            for row in csv.DictReader(file)
        ]
    engine.executemany("INSERT INTO templates VALUES (?, ?)", rows)
    settings = {item["name"]: item["value"] for item in measurement["settings"]}
    settings["has_breach_list"] = str((tables / "bulk_spammers.parquet").is_file()).lower()

    def parameters(sql):
        def value(match):
            text = settings[match.group(1)]
            try:
                if text not in ("true", "false"):
                    float(text)
                return text
            except ValueError:
                return "'" + text.replace("'", "''") + "'"

        return re.sub(r"\$([a-z_0-9]+)", value, sql)

    for view in ["big_countries", "region_latency", "bounces", "country_bounces"]:
        sql = (here / f"sql/{view}.sql").read_text()
        engine.execute(f"CREATE VIEW {view} AS {parameters(translate(sql))}")

    with open(out, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["artefact", "queries", "equal", "ebrc_seconds", "duckdb_seconds"])
        for artefact in measurement["artefacts"]:
            findings = artefact["outcome"].get("measured")
            # Tables of a simulation's truth are not among those of a run.
            if findings is None or artefact["id"].startswith("V"):
                continue
            queries = [parameters(translate(sql)) for sql in artefact["sql"].split(";\n\n")]
            if any(own in sql for own in OWN for sql in queries):
                writer.writerow([artefact["id"], len(queries), "function of ours", "", ""])
                continue
            started = time.perf_counter()
            answers = []
            try:
                for sql in queries:
                    answers.append(engine.execute(sql).fetchall())
            except duckdb.Error as error:
                print(artefact["id"], str(error).splitlines()[0], file=sys.stderr)
                writer.writerow([artefact["id"], len(queries), "refused by DuckDB", "", ""])
                continue
            taken = time.perf_counter() - started
            writer.writerow(
                [
                    artefact["id"],
                    len(queries),
                    "yes" if same(findings, answers) else "no",
                    f"{seconds.get(artefact['id'], math.nan):.3f}",
                    f"{taken:.3f}",
                ]
            )
            file.flush()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"DuckDB {duckdb.__version__}: peak memory {peak // 1024} MiB", file=sys.stderr)


def category(number):
    if number <= 2:
        return "DNS query failure"
    if number <= 4:
        return "Violate protocol standard"
    if number <= 7:
        return "Restrict email source"
    if number <= 13:
        return "Refuse email reception"
    if number <= 15:
        return "SMTP connection error"
    return "Unknown/other"


def same(findings, answers):
    answers = list(answers)
    if findings["figures"]:
        first = answers.pop(0)
        ours = [figure["value"] for figure in findings["figures"]]
        if not all(close(a, b) for a, b in zip(ours, first[0], strict=True)):
            print("figures", ours, first[0], file=sys.stderr)
            return False
    for table, rows in zip(findings["tables"], answers, strict=True):
        if len(table["rows"]) != len(rows):
            print(table["name"], len(table["rows"]), len(rows), file=sys.stderr)
            return False
        # Sketched medians may order countries in another way.
        of_time = any(column["name"].endswith("seconds") for column in table["columns"])
        if of_time:
            by_name = lambda row: [cell for cell in row if isinstance(cell, str)]
            rows = sorted(rows, key=by_name)
            table["rows"].sort(key=by_name)
        for ours, theirs in zip(table["rows"], rows):
            if not all(close(a, b, of_time) for a, b in zip(ours, theirs)):
                print(table["name"], ours, theirs, file=sys.stderr)
                return False
    return True


def close(ours, theirs, of_time=False):
    if ours is None or theirs is None:
        return ours is None and (theirs is None or theirs != theirs)
    if isinstance(ours, (int, float)):
        return math.isclose(
            ours,
            float(theirs),
            rel_tol=TOLERANCE,
            abs_tol=SECONDS if of_time else 1e-9,
        )
    return str(ours) == str(theirs)


if __name__ == "__main__":
    main(*sys.argv[1:])
