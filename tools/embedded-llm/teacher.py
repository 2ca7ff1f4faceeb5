"""Sentence embeddings by a teacher encoder: unit rows, float32, for neighbors, clusters and the distilled encoder.

usage: teacher.py MODEL_FOLDER IN.json OUT.npy     IN is a list of {"text": …}
"""
import json
import sys

import numpy as np
import onnxruntime as ort
from tokenizers import Tokenizer


def embed(texts, folder, batch=32):
    tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
    tokenizer.no_padding()
    tokenizer.enable_truncation(128)
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(f"{folder}/onnx/model_quantized.onnx", options)
    ids = [e.ids for e in tokenizer.encode_batch(texts)]
    order = np.argsort([len(i) for i in ids])
    out = np.zeros((len(ids), 384), np.float32)
    for start in range(0, len(ids), batch):
        rows = order[start : start + batch]
        width = max(len(ids[j]) for j in rows)
        tokens, mask = np.zeros((len(rows), width), np.int64), np.zeros((len(rows), width), np.int64)
        for a, j in enumerate(rows):
            tokens[a, : len(ids[j])], mask[a, : len(ids[j])] = ids[j], 1
        hidden = session.run(None, {"input_ids": tokens, "attention_mask": mask, "token_type_ids": np.zeros_like(tokens)})[0]
        mean = (hidden * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
        out[rows] = mean / np.linalg.norm(mean, axis=1, keepdims=True)
    return out


if __name__ == "__main__":
    folder, source, target = sys.argv[1:4]
    np.save(target, embed([r["text"] for r in json.load(open(source))], folder))
