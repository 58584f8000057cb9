#!/usr/bin/env python3
"""Writes what scikit-learn's TF-IDF and logistic regression make of some texts.

    python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1
    venv/bin/python scripts/baselines-fixture.py \
        > crates/ebrc-baselines/tests/scikit-learn.json

The tests of ebrc-baselines hold its regression against these.
"""

import json
import sys

import sklearn
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

# As in crates/ebrc-baselines/src.
C = 10
CJK = r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]"
WORD = (
    rf"{CJK}|(?:(?!{CJK})[^\W_]|(?<=[0-9])\.(?=[0-9])"
    rf"|(?<=[^\W\d_])'(?=[^\W\d_])(?!{CJK}))+"
)

# Text, type, weight.
EXAMPLES = [
    ("550 5.1.1 email: user unknown", "T8", 1),
    ("550 5.1.1 no such user here", "T8", 2),
    ("550 the user doesn't exist", "T8", 1),
    ("550 5.1.10 recipient not found", "T8", 1),
    ("550 unknown user email", "T8", 0.5),
    ("554 email mailbox not found, user doesn't exist here", "T8", 1),
    ("550 this user is unknown. See url", "T8", 1),
    ("550 用户不存在", "T8", 1),
    ("550 邮箱不存在", "T8", 1),
    ("452 4.2.2 mailbox full", "T9", 1),
    ("552 5.2.2 the mailbox is full", "T9", 3),
    ("552 email is over quota", "T9", 1),
    ("452 4.2.2 user over quota, try again later", "T9", 1),
    ("552 5.2.2 quota exceeded", "T9", 1),
    ("550 the mailbox has exceeded its quota", "T9", 1.5),
    ("452 邮箱已满", "T9", 1),
    ("552 邮箱空间已满", "T9", 1),
    ("550 5.7.1 message is spam", "T13", 1),
    ("554 5.7.1 this message looks like spam", "T13", 1),
    ("554 message refused: a virus was found", "T13", 1),
    ("550 5.7.1 spam message refused, see url", "T13", 4),
    ("552 the content of this message is refused", "T13", 1),
    ("550 virus found in the message", "T13", 1),
    ("554 the content looks like spam", "T13", 1),
    ("451 4.4.1 connection timed out", "T14", 1),
    ("421 timeout, try again later", "T14", 1),
    ("connect to host ip: connection timed out", "T14", 2),
    ("421 4.4.2 timeout while reading the message", "T14", 1),
    ("conversation with host timed out", "T14", 1),
    ("421 4.4.2 host: timeout, connection closed", "T14", 1),
    # Neither one nor the other.
    ("550 refused", "T8", 1),
    ("550 refused, see url", "T13", 1),
]

# Not among the examples, but for the first.
TEXTS = [
    "550 5.1.1 email: user unknown",
    "550 5.1.1 User Unknown, see url",
    "mailbox over quota",
    "550 5.2.2 user user user mailbox",
    "554 5.7.1 a virus or spam was found",
    "timeout",
    "421 4.4.2 the connection timed out while the message was read",
    "邮箱已满 user",
    "550 it doesn't exist",
    "none of these words",
    "",
]


def main():
    texts, types, weights = zip(*EXAMPLES)
    vectorizer = TfidfVectorizer(token_pattern=WORD, ngram_range=(1, 2), min_df=2)
    rows = vectorizer.fit_transform(texts)
    regression = LogisticRegression(C=C, tol=1e-10, max_iter=100_000)
    regression.fit(rows, types, sample_weight=weights)
    # In the order of T8, T9, T13, T14.
    order = sorted(range(4), key=lambda column: int(regression.classes_[column][1:]))
    probabilities = regression.predict_proba(vectorizer.transform(TEXTS))[:, order]
    fixture = {
        "scikit-learn": sklearn.__version__,
        "examples": [
            {"text": text, "type": kind, "weight": weight} for text, kind, weight in EXAMPLES
        ],
        "types": [str(regression.classes_[column]) for column in order],
        "texts": [
            {"text": text, "probabilities": row.tolist()}
            for text, row in zip(TEXTS, probabilities)
        ],
    }
    json.dump(fixture, sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()
