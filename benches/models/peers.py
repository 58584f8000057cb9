"""How many texts a second PyTorch or ONNX Runtime classifies or learns from; the
counterpart of the example `throughput` of ebrc-model.

peers.py TOOL MODEL TEXTS

TOOL is torch, onnx or onnx-int8. Reads lines `TASK BATCH THREADS SECONDS`, TASK
inference or training (torch alone), and answers each with a line of JSON. Texts
are taken in order of their length, so that padding costs the peers little;
tokenising is timed, loading and the first part of the work are not.
"""

import json
import os
import sys
import tempfile
import time

tool, model, texts = sys.argv[1:]
os.environ["HF_HUB_OFFLINE"] = "1"

import torch  # noqa: E402
from transformers import AutoModelForSequenceClassification, AutoTokenizer  # noqa: E402

WARM_UP = 0.4
MAX_LENGTH = 128

with open(texts, encoding="utf-8") as lines:
    texts = sorted(lines.read().splitlines(), key=len)
tokenizer = AutoTokenizer.from_pretrained(model)


def load():
    return AutoModelForSequenceClassification.from_pretrained(model, dtype=torch.float32)


network = load().eval()


def encode(batch):
    return tokenizer(
        batch, padding=True, truncation=True, max_length=MAX_LENGTH, return_tensors="pt"
    )


def torch_inference(batch):
    with torch.inference_mode():
        network(**encode(batch)).logits.softmax(-1)


class Training:
    """A copy of the network, which learns."""

    def __init__(self):
        self.network = load().train()
        parameters = self.network.parameters()
        self.optimizer = torch.optim.AdamW(parameters, lr=5e-5, weight_decay=0.01)

    def step(self, batch):
        labels = torch.arange(len(batch)) % 16
        self.optimizer.zero_grad()
        self.network(**encode(batch), labels=labels).loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()


class Onnx:
    """The network as ONNX, a session for each number of threads."""

    def __init__(self, int8):
        from onnxruntime.quantization import QuantType, quantize_dynamic

        folder = tempfile.mkdtemp()
        self.path = os.path.join(folder, "model.onnx")
        example = dict(encode(texts[:2]))
        names = list(example)
        torch.onnx.export(
            network,
            (),
            self.path,
            kwargs=example,
            input_names=names,
            output_names=["logits"],
            dynamic_axes={name: {0: "batch", 1: "length"} for name in names},
            opset_version=17,
            dynamo=False,
        )
        if int8:
            whole, self.path = self.path, os.path.join(folder, "int8.onnx")
            quantize_dynamic(whole, self.path, weight_type=QuantType.QInt8)
        self.sessions = {}

    def inference(self, threads):
        if threads not in self.sessions:
            import onnxruntime

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            options.inter_op_num_threads = 1
            self.sessions[threads] = onnxruntime.InferenceSession(
                self.path, options, providers=["CPUExecutionProvider"]
            )
        session = self.sessions[threads]

        def work(batch):
            session.run(None, {name: value.numpy() for name, value in encode(batch).items()})

        return work


onnx = Onnx(tool == "onnx-int8") if tool != "torch" else None


def measure(task, size, threads, seconds):
    torch.set_num_threads(threads)
    os.environ["TOKENIZERS_PARALLELISM"] = "true" if threads > 1 else "false"
    if task == "training":
        work = Training().step
    else:
        work = onnx.inference(threads) if onnx else torch_inference
    batches = [texts[at : at + size] for at in range(0, len(texts), size)]
    # Every length comes early: the clock may stop within the first pass.
    torch.manual_seed(1)
    order = torch.randperm(len(batches)).tolist()
    began = time.monotonic()
    start = cpu = None
    count = at = 0
    while True:
        batch = batches[order[at % len(order)]]
        at += 1
        work(batch)
        now = time.monotonic()
        if start is None:
            if now - began > WARM_UP:
                start, cpu = now, time.process_time()
            continue
        count += len(batch)
        if now - start > seconds:
            break
    return {
        "tool": tool,
        "task": task,
        "batch": size,
        "threads": threads,
        "texts": count,
        "wall_s": time.monotonic() - start,
        "cpu_s": time.process_time() - cpu,
    }


for line in sys.stdin:
    task, size, threads, seconds = line.split()
    print(json.dumps(measure(task, int(size), int(threads), float(seconds))), flush=True)
