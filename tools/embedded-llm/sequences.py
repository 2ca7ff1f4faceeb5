"""Training sequences: <|persona|>words<|example|>text<|context|>1860s 1862<|response|>text<|end|>, each part before the response optional.

The context comes after the exemplar, so that the key/value prefix of a (persona, exemplar) pair serves records of every year.
"""
import collections
import json
import pickle
import random
import re

import numpy as np
from tokenizers import Tokenizer

END, PERSONA, CONTEXT, EXAMPLE, RESPONSE = range(5)
SPECIAL = ["<|end|>", "<|persona|>", "<|context|>", "<|example|>", "<|response|>"]
WORD = re.compile(r"[a-z]{3,}")
LONGEST = 112  # tokens of a text; a longer one is cut
EXAMPLE_WEIGHT = 0.5  # predicting the exemplar teaches the language too


class Corpus:
    """The records of a split with their token ids, and (unless `plain`) clusters, keywords and nearest neighbors from prepare.py."""

    def __init__(self, folder, split):
        self.records = json.load(open(f"{folder}/{split}.json"))
        self.tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
        self.ids = [e.ids[:LONGEST] for e in self.tokenizer.encode_batch([r["text"] for r in self.records])]
        self.contexts = [self.tokenizer.encode(context_of(r)).ids for r in self.records]
        self.folder, self.split, self.groups, self.frequency = folder, split, None, None

    def load_groups(self):
        self.groups = pickle.load(open(f"{self.folder}/{self.split}.groups.pkl", "rb"))
        self.members, self.speech = {}, {}
        for count, group in self.groups["clusters"].items():
            for i, label in enumerate(group["labels"]):
                self.members.setdefault((count, int(label)), []).append(i)
        for i, r in enumerate(self.records):
            self.speech.setdefault((r["year"], r["president"]), []).append(i)

    def own_words(self, i, g):
        """4–8 of the telling words of record i itself: in 5 records at least and a hundredth at most."""
        if self.frequency is None:
            self.frequency = collections.Counter(w for r in self.records for w in set(WORD.findall(r["text"].lower())))
        rare = [w for w in dict.fromkeys(WORD.findall(self.records[i]["text"].lower())) if 5 <= self.frequency[w] <= len(self.records) // 100]
        return g.sample(rare, min(g.randint(4, 8), len(rare)))

    def words(self, words):
        return self.tokenizer.encode(", ".join(words)).ids


def context_of(record):
    return f"{record['year'] // 10 * 10}s {record['year']}"


def assemble(persona, example, context, response):
    """Token ids and the weight of predicting each of them."""
    ids, weights = [], []
    for mark, part, weight in ((PERSONA, persona, 0.0), (EXAMPLE, example, EXAMPLE_WEIGHT), (CONTEXT, context, 0.0), (RESPONSE, response, 1.0)):
        if part is None:
            continue
        ids += [mark, *part]
        weights += [0.0] + [weight] * len(part)
    return ids + [END], weights + [1.0]


# How often a sequence of a phase has what: a persona of the record's own words, else one of a cluster; an exemplar, and that a near neighbor
# (`power` above 1: the nearer the likelier); and the year.
# The last phase sets every pair against a random one.
PHASES = (
    None,
    {"own": 0.0, "cluster": 0.75, "example": 0.8, "near": 0.65, "power": 1, "year": 0.85},
    {"own": 0.3, "cluster": 0.75, "example": 0.8, "near": 0.65, "power": 2, "year": 0.85},
    {"own": 0.0, "cluster": 0.85, "example": 0.85, "near": 0.85, "power": 3, "year": 0.9, "against": True},
)


def example_for(corpus, i, g, phase):
    """A training exemplar for record i: mostly a near neighbor, else of the same cluster or the same speech."""
    u = g.random()
    if u < phase["near"]:
        return int(corpus.groups["neighbors"][i][int(20 * g.random() ** phase["power"])])
    if u < (1 + phase["near"]) / 2:
        count = g.choice(list(corpus.groups["clusters"]))
        return g.choice(corpus.members[(count, int(corpus.groups["clusters"][count]["labels"][i]))])
    r = corpus.records[i]
    return g.choice(corpus.speech[(r["year"], r["president"])])


def cluster_words(corpus, group, label, g):
    words = group["keywords"][label]
    chosen = sorted(g.sample(range(min(12, len(words))), min(g.randint(4, 8), len(words))))
    return corpus.words([words[j] for j in chosen])


def paired_sequence(corpus, i, g, phase):
    """A sequence for record i; in a phase that sets pairs against each other, also the one with a random persona and exemplar in place of its own."""
    persona = example = context = other_persona = other_example = None
    if g.random() < phase["own"]:
        persona = corpus.words(corpus.own_words(i, g))
    elif g.random() < phase["cluster"]:
        group = corpus.groups["clusters"][g.choice(list(corpus.groups["clusters"]))]
        persona = cluster_words(corpus, group, group["labels"][i], g)
        other_persona = cluster_words(corpus, group, g.randrange(len(group["keywords"])), g) if "against" in phase else None
    if g.random() < phase["example"]:
        j = example_for(corpus, i, g, phase)
        example = corpus.ids[j] if j != i else None
        other_example = g.choice(corpus.ids) if "against" in phase and example is not None else None
    if g.random() < phase["year"]:
        context = corpus.contexts[i]
    own = assemble(persona, example, context, corpus.ids[i])
    return own, (assemble(other_persona, other_example, context, corpus.ids[i]) if "against" in phase else None)


def plain_sequence(corpus, i, g):
    return assemble(None, None, corpus.contexts[i] if g.random() < 0.85 else None, corpus.ids[i]), None


def padded(batch, multiple=32):
    width = -(-(max(len(ids) for ids, _ in batch) - 1) // multiple) * multiple
    inputs = np.zeros((len(batch), width), np.int64)
    targets, weights = np.zeros_like(inputs), np.zeros((len(batch), width), np.float32)
    for row, (ids, w) in enumerate(batch):
        n = len(ids) - 1
        inputs[row, :n], targets[row, :n], weights[row, :n] = ids[:-1], ids[1:], w[1:]
    return inputs, targets, weights


def batches(corpus, seed, tokens, starts, pool=24):
    """Endless batches of about `tokens` tokens, of similar lengths each, and None or the same records after random pairs.

    `starts` are the steps at which the phases after the first begin.
    """
    g, order, step = random.Random(seed), [], 0
    while True:
        phase, drawn, total = PHASES[sum(step >= start for start in starts)], [], 0
        if phase is not None and corpus.groups is None:
            corpus.load_groups()
        while total < tokens * pool:
            if not order:
                order = list(range(len(corpus.records)))
                g.shuffle(order)
            i = order.pop()
            drawn.append(plain_sequence(corpus, i, g) if phase is None else paired_sequence(corpus, i, g, phase))
            total += sum(len(ids) for ids, _ in filter(None, drawn[-1]))
        drawn.sort(key=lambda x: len(x[0][0]))
        ready, open_ = [], []
        for x in drawn:
            if open_ and (len(open_) + 1) * sum(len(ids) for ids, _ in filter(None, x)) > tokens:
                ready.append(open_)
                open_ = []
            open_.append(x)
        ready.append(open_)
        g.shuffle(ready)
        for batch in ready:
            own, against = zip(*batch)
            yield padded(own), padded(against) if against[0] else None
            step += 1
