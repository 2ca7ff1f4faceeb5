"""Probabilities of a gate without this project's code: π (B × K) and Ω (B × K × N) from gate.safetensors and gate.json.

usage: python read_gate.py FOLDER contexts.npy personas.npy exemplars.npy OUT.npz
The matrices are raw embeddings, one row a text. docs/formats.md describes the files. Needs numpy and safetensors.
"""
import json
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file


def softmax(logits):
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def prepared(embeddings, center):
    """What the gate sees of embeddings: as they are, or minus a center and scaled to unit length."""
    if center is None:
        return embeddings.astype(np.float64)
    rows = embeddings.astype(np.float64) - center
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


folder = Path(sys.argv[1])
about = json.loads((folder / "gate.json").read_text(encoding="utf-8"))
assert about["format"] == "mixture-of-personas gate" and about["version"] in (1, 2, 3), "not a gate of version 1 to 3"
gate = load_file(folder / "gate.safetensors")
fit = folder / "fit.json"  # a run of mop: contexts, personas and exemplars have each their own center
history = json.loads(fit.read_text(encoding="utf-8")) if fit.exists() else {}
centers = history.get("centers", history.get("centres", {}))  # the second is the name in earlier versions
of_kind = {kind: centers.get(kind, gate.get("center", gate.get("centre"))) for kind in ("inputs", "personas", "exemplars")}
if about["input"] == "none":
    of_kind["inputs"] = None  # the gate saw the same constant row for every record
rows = (prepared(np.load(file), center) for file, center in zip(sys.argv[2:5], of_kind.values()))
x, g, e = (matrix @ gate[f"W_{name}"].T + gate.get(f"b_{name}", 0) for matrix, name in zip(rows, "xge"))  # Eq. 2; version 1 has no biases
pi = softmax(x @ g.T)  # Eq. 3
omega = softmax((x @ e.T)[:, None, :] + (g @ e.T)[None, :, :])  # Eq. 4
np.savez(sys.argv[5], pi=pi, omega=omega, temperatures=gate["tau"])
