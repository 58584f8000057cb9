"""Loads a classifier in transformers and holds it against ebrc; fails with the
figures where they differ. See `tests/python-model.sh`, which prepares everything.

python-model.py texts
    prints the texts, one a line.
python-model.py MODEL LOGITS [FIXTURE]
    compares the folder MODEL with LOGITS, what the example `logits` of
    ebrc-model printed for the texts. Writes what Python says to FIXTURE.
"""

import hashlib
import json
import os
import sys

# Nothing of this is on a hub.
os.environ["HF_HUB_OFFLINE"] = "1"

TOLERANCE = 1e-4

# As the network gets them: codes in front, volatile parts as plain words.
TEXTS = [
    "550 5.1.1 email user unknown",
    "550 5.1.1 the email account that you tried to reach does not exist",
    "550 no such user here",
    "552 5.2.2 mailbox full",
    "452 4.2.2 the recipient's inbox is out of storage space, try again later",
    "550 5.7.1 service unavailable, client host ip blocked using zen.spamhaus.org",
    "554 5.7.1 message refused: it looks like spam, see url",
    "550 5.7.26 this mail is unauthenticated: neither spf nor dkim passed",
    "550 5.7.1 rejected by the dmarc policy of host",
    "451 4.7.1 greylisting in action, please come back in number seconds",
    "421 4.7.0 number too many connections from ip, slow down",
    "450 4.2.1 the user you are trying to contact is receiving mail too quickly",
    "452 4.5.3 too many recipients",
    "552 5.3.4 message size number exceeds the fixed limit number",
    "530 5.7.0 must issue a starttls command first",
    "454 4.7.0 tls not available due to a local problem",
    "451 4.1.8 domain of sender address email does not resolve",
    "host not found: name service error for host, type mx",
    "421 4.4.2 host error: timeout exceeded",
    "connect to host ip: connection timed out",
    "lost connection with host while sending end of data",
    "connect to host ip: connection refused",
    "554 transaction failed id",
    "550",
    "",
    " ",
    "USER UNKNOWN: Mailbox FULL. Sorry.",
    "550 5.1.1 la boîte aux lettres n'existe pas; Empfänger unbekannt, größer als erlaubt",
    "550 该用户不存在 mailbox not found",
    "552 メールボックスがいっぱいです",
    "550 пользователь не найден",
    "the message was not delivered to the remote server, said 550.",
    "mails, mails & mails? (sorry!) \t quota \u00a0 spam \u200b policy 😀",
    "[CLS] mailbox [SEP] full [MASK] [PAD] [UNK]",
    "a-very-long-word-" * 12,
    "the server said sorry. " * 9,
    "550 5.7.1 blocked by policy. the message was not delivered to the recipient, said " * 40,
]


def fail(message):
    sys.exit(f"python-model: {message}")


def main():
    if sys.argv[1:] == ["texts"]:
        sys.stdout.reconfigure(encoding="utf-8")
        print("\n".join(TEXTS))
        return
    model_folder, ours_file, *fixture_file = sys.argv[1:]
    with open(ours_file, encoding="utf-8") as file:
        ours = [json.loads(line) for line in file]
    if len(ours) != len(TEXTS):
        fail(f"{ours_file} has {len(ours)} lines for {len(TEXTS)} texts")

    import torch
    import transformers

    # The file may hold numbers of 16 bits; what is compared is computed in 32.
    model, report = transformers.AutoModelForSequenceClassification.from_pretrained(
        model_folder, dtype=torch.float32, output_loading_info=True
    )
    model.eval()
    wrong = {name: sorted(map(str, found)) for name, found in report.items() if found}
    if wrong:
        fail(f"{model_folder}: weights do not fit: {wrong}")
    tokenizer = transformers.AutoTokenizer.from_pretrained(model_folder)

    theirs = []
    with torch.inference_mode():
        for text in TEXTS:
            inputs = tokenizer(text, truncation=True, return_tensors="pt")
            theirs.append(
                {
                    "text": text,
                    "token_ids": inputs["input_ids"][0].tolist(),
                    "logits": model(**inputs).logits[0].tolist(),
                }
            )
    for a, b in zip(ours, theirs):
        if a["token_ids"] != b["token_ids"]:
            fail(
                f"{model_folder}: word pieces of {b['text']!r} differ:\n"
                f"ebrc   {a['token_ids']}\nPython {b['token_ids']}"
            )
    largest, text = max(
        (abs(x - y), b["text"])
        for a, b in zip(ours, theirs)
        for x, y in zip(a["logits"], b["logits"], strict=True)
    )
    spread = max(abs(x) for b in theirs for x in b["logits"])
    if not largest <= TOLERANCE:
        fail(f"{model_folder}: logits of {text!r} differ by {largest:.2e}, more than {TOLERANCE}")

    # In batches of padded texts, and by the labels' names.
    classify = transformers.pipeline(
        "text-classification", model=model, tokenizer=tokenizer, device="cpu"
    )
    answers = classify(TEXTS, top_k=None, truncation=True, batch_size=8)
    with open(os.path.join(model_folder, "config.json"), encoding="utf-8") as file:
        names = json.load(file)["id2label"]
    farthest = 0.0
    for a, answer in zip(ours, answers, strict=True):
        expected = torch.softmax(torch.tensor(a["logits"], dtype=torch.float64), 0)
        scores = {row["label"]: row["score"] for row in answer}
        if sorted(scores) != sorted(names.values()):
            fail(f"{model_folder}: the pipeline's labels are {sorted(scores)}")
        for index, probability in enumerate(expected.tolist()):
            farthest = max(farthest, abs(scores[names[str(index)]] - probability))
    if not farthest <= TOLERANCE:
        fail(f"{model_folder}: the pipeline's probabilities differ by {farthest:.2e}")

    print(
        f"{model_folder}: transformers {transformers.__version__}, torch {torch.__version__}: "
        f"no weight missing or left over; {len(TEXTS)} texts, {sum(len(a['token_ids']) for a in ours)} "
        f"equal word pieces; logits of up to {spread:.2f} differ by {largest:.1e} at the most, "
        f"the pipeline's probabilities by {farthest:.1e}"
    )
    if fixture_file:
        with open(os.path.join(model_folder, "model.safetensors"), "rb") as file:
            sha256 = hashlib.sha256(file.read()).hexdigest()
        fixture = {
            "transformers": transformers.__version__,
            "torch": torch.__version__,
            "weights_sha256": sha256,
            "texts": theirs,
        }
        with open(fixture_file[0], "w", encoding="utf-8") as file:
            json.dump(fixture, file, ensure_ascii=False)
            file.write("\n")


main()
