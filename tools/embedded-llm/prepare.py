"""Tokenizer, and for each split clusters at several sizes with their keywords and every record's 20 nearest neighbors.

usage: prepare.py tokenizer|groups FOLDER     FOLDER holds model.json, population.json, golden.json and, for groups, the teacher's .npy
"""
import json
import pickle
import sys

import numpy as np
from sklearn.cluster import MiniBatchKMeans
from sklearn.feature_extraction.text import CountVectorizer
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from model import VOCABULARY
from sequences import SPECIAL, context_of


def train_tokenizer(folder):
    records = json.load(open(f"{folder}/model.json"))
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=SPECIAL, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), min_frequency=2
    )
    tokenizer.train_from_iterator([r["text"] for r in records] + [context_of(r) for r in records[::4]], trainer)
    tokenizer.save(f"{folder}/tokenizer.json")


def keywords(texts, labels, count, top=12):
    """Class-based TF-IDF: words frequent in a cluster and rare across clusters."""
    counter = CountVectorizer(stop_words="english", min_df=5, max_df=0.1, token_pattern=r"[a-zA-Z][a-z]{2,}")
    X = counter.fit_transform(texts)
    X.data = np.minimum(X.data, 2)
    per = np.stack([np.asarray(X[labels == k].sum(0)).ravel() for k in range(count)])
    score = per / np.maximum(per.sum(1, keepdims=True), 1) * np.log(1 + per.sum() / count / np.maximum(per.sum(0), 1))
    vocabulary = np.array(counter.get_feature_names_out())
    return [[str(w) for w in vocabulary[np.argsort(-score[k])[:top]]] for k in range(count)]


def neighbors(E, count=20):
    out = np.zeros((len(E), count), np.int32)
    for start in range(0, len(E), 2000):
        S = E[start : start + 2000] @ E.T
        S[np.arange(len(S)), np.arange(start, start + len(S))] = -1
        near = np.argpartition(-S, count, 1)[:, :count]
        out[start : start + 2000] = np.take_along_axis(near, np.argsort(-np.take_along_axis(S, near, 1), 1), 1)
    return out


def group(folder, split, counts):
    records, E = json.load(open(f"{folder}/{split}.json")), np.load(f"{folder}/{split}.npy")
    clusters = {}
    for count in counts:
        labels = MiniBatchKMeans(count, random_state=0, n_init=3, batch_size=2048).fit(E).labels_
        clusters[count] = {"labels": labels, "keywords": keywords([r["text"] for r in records], labels, count)}
    pickle.dump({"clusters": clusters, "neighbors": neighbors(E)}, open(f"{folder}/{split}.groups.pkl", "wb"))


if __name__ == "__main__":
    step, folder = sys.argv[1:3]
    if step == "tokenizer":
        train_tokenizer(folder)
    else:
        group(folder, "model", (20, 50, 150))
        group(folder, "population", (20,))
