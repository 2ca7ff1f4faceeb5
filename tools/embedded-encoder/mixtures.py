"""Texts made of words alone, so that every piece of the vocabulary is seen among others: modern words that no source holds, names above all.

A text is 6 to 31 words: 45 % from the neighborhoods of one to three words (the 30 nearest by the teacher's vectors of the words alone, which makes the
text about something), 35 % by frequency as in running text, 20 % nearly uniform.
"""
import numpy as np

NEAREST = 30


def draws(rng, count, offset, size):
    """Numbers below `count` with probability proportional to 1 / (rank + offset)."""
    p = 1 / (np.arange(count) + offset)
    return rng.choice(count, size, p=p / p.sum())


def neighborhoods(rng, vectors, count):
    """The nearest words of `count` draws of words, repeats once."""
    seeds = np.unique(draws(rng, len(vectors), 2000.0, count))
    blocks = [np.argpartition(-(vectors[seeds[i : i + 250]] @ vectors.T), NEAREST, 1)[:, :NEAREST] for i in range(0, len(seeds), 250)]
    return np.concatenate(blocks)


def mixtures(pieces, alone, count, seed):
    """`count` texts over the alphabetic pieces that start a word; `alone` holds the teacher's vectors of all pieces, in order of frequency."""
    rng = np.random.default_rng(seed)
    usable = [i for i, piece in enumerate(pieces) if piece.isalpha() and len(piece) > 1]
    vectors = alone[usable] - alone.mean(0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    near = neighborhoods(rng, vectors, 2500)
    texts = []
    for _ in range(count):
        length = rng.integers(6, 32)
        topic = near[rng.choice(len(near), rng.integers(1, 4))].ravel()
        kinds = rng.random(length)
        words = np.where(
            kinds < 0.45,
            rng.choice(topic, length),
            np.where(kinds < 0.8, draws(rng, len(usable), 10.0, length), draws(rng, len(usable), 2000.0, length)),
        )
        texts.append(" ".join(pieces[usable[word]] for word in words))
    return texts
