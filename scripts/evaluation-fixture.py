#!/usr/bin/env python3
"""Writes what scikit-learn makes of some confusion matrices.

    python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1
    venv/bin/python scripts/evaluation-fixture.py \
        > crates/ebrc-evaluation/tests/scikit-learn.json

The tests of ebrc-evaluation hold its figures against these. A matrix has 16
rows (gold) and 17 columns (predicted; the last is "not classified").
"""

import json
import math
import sys

import numpy
import sklearn
from sklearn.metrics import (
    accuracy_score,
    cohen_kappa_score,
    precision_recall_fscore_support,
    roc_auc_score,
)

TYPES = 16
FIGURES = ("precision", "recall", "f1")


def matrices(random):
    """Full, sparse, lopsided and degenerate matrices."""
    yield "full", random.integers(0, 50, (TYPES, TYPES + 1))
    good = random.integers(0, 4, (TYPES, TYPES + 1))
    good[range(TYPES), range(TYPES)] += 95
    yield "good", good
    yield "sparse", random.binomial(3, 0.05, (TYPES, TYPES + 1))
    classified = random.integers(0, 20, (TYPES, TYPES + 1))
    classified[:, TYPES] = 0
    yield "everything classified", classified
    lopsided = good * (10 ** random.integers(0, 6, TYPES))[:, None]
    yield "lopsided", lopsided
    gold_absent = good.copy()
    gold_absent[[2, 7, 8], :] = 0
    yield "types that are predicted but never true", gold_absent
    never_predicted = good.copy()
    never_predicted[:, [0, 15]] = 0
    yield "types that are never predicted", never_predicted
    absent = gold_absent.copy()
    absent[:, [2, 7]] = 0
    yield "types that do not occur", absent
    wrong = random.integers(0, 9, (TYPES, TYPES + 1))
    wrong[range(TYPES), range(TYPES)] = 0
    yield "all wrong", wrong
    unclassified = numpy.zeros((TYPES, TYPES + 1), dtype=int)
    unclassified[:3, TYPES] = [4, 1, 2]
    yield "nothing classified", unclassified
    one = numpy.zeros((TYPES, TYPES + 1), dtype=int)
    one[4, 4] = 10
    yield "one type, no mistake", one
    one = one.copy()
    one[4, 9] = 3
    yield "one type, some mistakes", one


def figures(matrix):
    gold, predicted = numpy.nonzero(matrix)
    weights = matrix[gold, predicted]
    seen = sorted(set(gold) | set(predicted) - {TYPES})
    keywords = {"labels": seen, "sample_weight": weights, "zero_division": 0}
    result = {"labels": [int(label) for label in seen]}
    of_each = precision_recall_fscore_support(gold, predicted, **keywords)
    result["per_type"] = dict(zip(FIGURES, (row.tolist() for row in of_each)))
    for average in ("macro", "micro", "weighted"):
        values = precision_recall_fscore_support(gold, predicted, average=average, **keywords)
        result[average] = dict(zip(FIGURES, map(float, values)))
    result["accuracy"] = accuracy_score(gold, predicted, sample_weight=weights)
    kappa = cohen_kappa_score(gold, predicted, sample_weight=weights)
    result["kappa"] = None if math.isnan(kappa) else float(kappa)
    return result


def calibration_error(right, probabilities, bins=15):
    """The expected calibration error, bins being closed above (Guo et al., 2017)."""
    edges = numpy.linspace(0, 1, bins + 1)
    of = numpy.clip(numpy.searchsorted(edges, probabilities, side="left") - 1, 0, bins - 1)
    sizes = numpy.bincount(of, minlength=bins)
    filled = sizes > 0
    accuracy = numpy.bincount(of, weights=right, minlength=bins)[filled] / sizes[filled]
    confidence = numpy.bincount(of, weights=probabilities, minlength=bins)[filled] / sizes[filled]
    return float(numpy.average(numpy.abs(accuracy - confidence), weights=sizes[filled]))


def main():
    # Undefined figures are part of the fixture.
    numpy.seterr(all="ignore")
    random = numpy.random.default_rng(20241104)
    cases = [
        {"name": name, "matrix": matrix.tolist(), **figures(matrix)}
        for name, matrix in matrices(random)
    ]
    doubts = []
    for decimals in (1, 2, 6):
        ambiguous = random.random(60) < 0.3
        probabilities = numpy.round(random.random(60) * (1 - 0.4 * ambiguous), decimals)
        doubts.append(
            {
                "ambiguous": ambiguous.tolist(),
                "probabilities": probabilities.tolist(),
                "auroc": float(roc_auc_score(ambiguous, 1 - probabilities)),
            }
        )
    # What came first stays as it was: these are drawn last.
    agreement = []
    for share in (0.2, 0.8, 0.99):
        first = random.integers(0, TYPES + 1, 200)
        same = random.random(200) < share
        second = numpy.where(same, first, random.integers(0, TYPES + 1, 200))
        agreement.append(
            {
                "first": first.tolist(),
                "second": second.tolist(),
                "kappa": float(cohen_kappa_score(first, second)),
            }
        )
    calibration = []
    for decimals in (1, 3, 12):
        probabilities = numpy.round(1 - random.random(300) ** 2, decimals)
        right = random.random(300) < probabilities**2
        calibration.append(
            {
                "right": right.tolist(),
                "probabilities": probabilities.tolist(),
                "error": calibration_error(right, probabilities),
            }
        )
    fixture = {
        "scikit-learn": sklearn.__version__,
        "cases": cases,
        "auroc": doubts,
        "agreement": agreement,
        "calibration": calibration,
    }
    json.dump(fixture, sys.stdout)
    print()


if __name__ == "__main__":
    main()
