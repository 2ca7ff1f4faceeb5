"""How well the decoder predicts records it has not seen, after nothing, the year, the right pair and a random one.

usage: evaluate.py FOLDER [--rows N]      prints the figures of FOLDER/checkpoint.pt in 32 bits and writes FOLDER/held-out.json,
                                          the same requests as text with their log-likelihoods, for check.mjs to score from Node
"""
import argparse
import json
import math
import random

import torch
import torch.nn.functional as F

from model import Decoder
from sequences import Corpus, assemble, padded

CONDITIONS = ("nothing", "year", "right", "random")
PERSONAS, WORDS = 20, 8


def drawn(count, rows):
    return random.Random(1).sample(range(count), rows)


def parts(corpus, i, name):
    """Persona keywords, exemplar's row and whether the year is given; the right ones are chosen by the record's own vector, so as an upper reference."""
    g = random.Random(i)
    group = corpus.groups["clusters"][PERSONAS]
    other_cluster, other_row = g.randrange(PERSONAS), g.randrange(len(corpus.ids))
    if name == "right":
        return group["keywords"][group["labels"][i]][:WORDS], int(corpus.groups["neighbors"][i][0]), True
    if name == "random":
        return group["keywords"][other_cluster][:WORDS], other_row, True
    return None, None, name == "year"


def sequence(corpus, i, name):
    """Held-out record i under a condition: token ids, and which of them are scored."""
    words, row, dated = parts(corpus, i, name)
    persona = None if words is None else corpus.words(words)
    example = None if row is None else corpus.ids[row]
    ids, weights = assemble(persona, example, corpus.contexts[i] if dated else None, corpus.ids[i])
    return ids, [w if w == 1.0 else 0.0 for w in weights]


@torch.no_grad()
def log_likelihoods(model, corpus, rows, name):
    """Nats of each row, and its scored tokens."""
    nats, tokens = [], []
    for start in range(0, len(rows), 16):
        batch = [sequence(corpus, i, name) for i in rows[start : start + 16]]
        inputs, targets, weights = map(torch.from_numpy, padded(batch))
        loss = F.cross_entropy(model.logits(model.hidden(inputs)).flatten(0, 1), targets.flatten(), reduction="none")
        nats += (-(loss.view(targets.shape) * weights).sum(1)).tolist()
        tokens += weights.sum(1).int().tolist()
    return torch.tensor(nats), torch.tensor(tokens)


def evaluate(model, corpus, rows):
    """Perplexity a token and mean log-likelihood a record (nats) under each condition, and how often right beats random."""
    scores = {name: log_likelihoods(model, corpus, drawn(len(corpus.records), rows), name) for name in CONDITIONS}
    figures = {n: {"perplexity": math.exp(-s.sum().item() / t.sum().item()), "nats": s.mean().item()} for n, (s, t) in scores.items()}
    (right, _), (random_pair, _), (year, _) = scores["right"], scores["random"], scores["year"]
    return figures | {
        "right minus random": (right - random_pair).mean().item(),
        "right minus year": (right - year).mean().item(),
        "right beats random": (right > random_pair).float().mean().item(),
    }


def prompt_text(corpus, i, name):
    words, row, dated = parts(corpus, i, name)
    persona = "" if words is None else f"<|persona|>{', '.join(words)}"
    example = "" if row is None else f"<|example|>{corpus.tokenizer.decode(corpus.ids[row])}"
    context = f"<|context|>{corpus.tokenizer.decode(corpus.contexts[i])}" if dated else ""
    return f"{persona}{example}{context}<|response|>"


def main():
    p = argparse.ArgumentParser()
    p.add_argument("folder")
    p.add_argument("--rows", type=int, default=1000)
    a = p.parse_args()
    torch.set_num_threads(1)
    model = Decoder()
    model.load_state_dict(torch.load(f"{a.folder}/checkpoint.pt")["model"])
    corpus = Corpus(a.folder, "population")
    corpus.load_groups()
    print(json.dumps(evaluate(model, corpus, a.rows), indent=1))
    rows = drawn(len(corpus.records), a.rows)
    out = []
    for name in CONDITIONS:
        nats, tokens = log_likelihoods(model, corpus, rows, name)
        for i, n, t in zip(rows, nats.tolist(), tokens.tolist()):
            prompt, response = prompt_text(corpus, i, name), corpus.tokenizer.decode(corpus.ids[i])
            length = len(sequence(corpus, i, name)[0])
            out.append({"condition": name, "prompt": prompt, "response": response, "nats": n, "tokens": t, "length": length})
    json.dump(out, open(f"{a.folder}/held-out.json", "w"))


if __name__ == "__main__":
    main()
