"""How many texts a second PyTorch or ONNX Runtime classifies or learns from, as
one line of JSON; the counterpart of the example `throughput` of ebrc-model.

peers.py TOOL TASK MODEL TEXTS BATCH THREADS SECONDS

TOOL is torch, onnx or onnx-int8; TASK inference or training (torch alone).
Texts are taken in order of their length, so that padding costs the peers
little; tokenising is timed, loading and the first part of the work are not.
"""

import json
import os
import sys
import tempfile
import time

tool, task, model, texts, batch, threads, seconds = sys.argv[1:]
batch, threads, seconds = int(batch), int(threads), float(seconds)
os.environ["OMP_NUM_THREADS"] = str(threads)
os.environ["TOKENIZERS_PARALLELISM"] = "true" if threads > 1 else "false"
os.environ["RAYON_NUM_THREADS"] = str(threads)
os.environ["HF_HUB_OFFLINE"] = "1"

import torch  # noqa: E402
from transformers import AutoModelForSequenceClassification, AutoTokenizer  # noqa: E402

torch.set_num_threads(threads)
WARM_UP = 0.7

with open(texts, encoding="utf-8") as lines:
    texts = sorted(lines.read().splitlines(), key=len)
batches = [texts[at : at + batch] for at in range(0, len(texts), batch)]
# Every length comes early: the clock may stop within the first pass.
torch.manual_seed(1)
batches = [batches[at] for at in torch.randperm(len(batches)).tolist()]

tokenizer = AutoTokenizer.from_pretrained(model)
network = AutoModelForSequenceClassification.from_pretrained(model, dtype=torch.float32)


def encode(batch):
    return tokenizer(batch, padding=True, truncation=True, max_length=128, return_tensors="pt")


if task == "training":
    network.train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=5e-5, weight_decay=0.01)

    def work(batch):
        labels = torch.arange(len(batch)) % 16
        optimizer.zero_grad()
        network(**encode(batch), labels=labels).loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()

elif tool == "torch":
    network.eval()

    def work(batch):
        with torch.inference_mode():
            network(**encode(batch)).logits.softmax(-1)

else:
    import onnxruntime
    from onnxruntime.quantization import QuantType, quantize_dynamic

    network.eval()
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "model.onnx")
    example = dict(encode(texts[:2]))
    names = list(example)
    torch.onnx.export(
        network,
        tuple(),
        path,
        kwargs=example,
        input_names=names,
        output_names=["logits"],
        dynamic_axes={name: {0: "batch", 1: "length"} for name in names},
        opset_version=17,
        dynamo=False,
    )
    if tool == "onnx-int8":
        quantized = os.path.join(folder, "int8.onnx")
        quantize_dynamic(path, quantized, weight_type=QuantType.QInt8)
        path = quantized
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def work(batch):
        session.run(None, {name: value.numpy() for name, value in encode(batch).items()})


def passes():
    while True:
        yield from batches


began = time.monotonic()
start = cpu = None
count = 0
for part in passes():
    work(part)
    now = time.monotonic()
    if start is None:
        if now - began > WARM_UP:
            start, cpu = now, time.process_time()
        continue
    count += len(part)
    if now - start > seconds:
        break
print(
    json.dumps(
        {
            "tool": tool,
            "task": task,
            "batch": batch,
            "threads": threads,
            "texts": count,
            "wall_s": time.monotonic() - start,
            "cpu_s": time.process_time() - cpu,
        }
    )
)
