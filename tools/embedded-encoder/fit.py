"""Fits a table W of token vectors so that the mean of a text's rows points where the teacher's sentence vector does; layers.py goes on from there.

0. All vectors are first turned into the d directions that hold most of the teacher's sentence and piece vectors.
1. W0: the teacher's own vector of every piece alone, less the mean of them all, weighted by a / (a + p) with p the piece's frequency (SIF).
2. W = W0 + D with D the ridge solution of min |Y - X (W0 + D)|^2 + lam |D|^2; X holds bags of pieces, Y unit teacher vectors. A row of X is
   scaled so that the text's prediction of the round before has norm one: only its direction is asked of it, whatever its length. A few rounds.
3. Pairwise: cosines of pairs within a batch are fitted to the teacher's up to a constant, with some of the pieces dropped at random.
4. Eight bits per number, one scale a row.
"""
import numpy as np
import scipy.sparse as sp
import torch
import torch.nn.functional as F


def bags(ids, size):
    """Row-normalized bags of pieces, texts x size."""
    lengths = np.array([len(i) for i in ids])
    rows = np.repeat(np.arange(len(ids)), lengths)
    weights = np.repeat(1 / np.maximum(lengths, 1), lengths).astype(np.float32)
    return sp.csr_matrix((weights, (rows, np.concatenate(ids).astype(np.int64))), shape=(len(ids), size))


def frequencies(ids, size):
    """Half observed, half Zipf by id, so that a piece never seen still has the frequency its place in the vocabulary suggests."""
    seen = np.bincount(np.concatenate(ids), minlength=size).astype(float)
    zipf = 1 / (np.arange(size) + 10.0)
    return 0.5 * seen / seen.sum() + 0.5 * zipf / zipf.sum()


def subspace(pieces, Y, d):
    """Orthonormal columns: the first d directions of the sentence vectors and, so that rare words keep theirs, of the centered pieces."""
    centered = pieces - pieces.mean(0)
    second = Y.T @ Y / len(Y) + 0.1 * centered.T @ centered / len(centered)
    return np.linalg.eigh(second)[1][:, ::-1][:, :d].astype(np.float32)


def weighted(pieces, p, a):
    """W0 up to a factor: centered vectors of the pieces alone, the frequent ones small."""
    return ((pieces - pieces.mean(0)) * (a / (a + p))[:, None]).astype(np.float32)


def ridge_rounds(W, X, Y, *, lam, rounds, iterations):
    """Rounds of ridge regression, each with the rows of X scaled by the norms that the round before predicts."""
    for _ in range(rounds):
        norms = np.linalg.norm(X @ W, axis=1).clip(1e-6)
        scaled = (sp.diags((1 / norms).astype(np.float32)) @ X).tocsr()
        # One number for all rows, so that lam means the same in every round.
        size = np.float32(np.sqrt(scaled.multiply(scaled).sum(1).mean()))
        scaled /= size
        Z = scaled @ W
        W = ridge(W * ((Z * Y).sum() / (Z * Z).sum()), scaled, Y, lam, iterations)
    return W


def ridge(W, X, Y, lam, iterations):
    """W + D by conjugate gradients, all columns at once."""
    Xt = X.T.tocsr()
    D = np.zeros_like(W)
    residual = Xt @ (Y - X @ W)
    direction, size = residual.copy(), (residual * residual).sum(0)
    for _ in range(iterations):
        image = Xt @ (X @ direction) + lam * direction
        step = size / ((direction * image).sum(0) + 1e-12)
        D += step * direction
        residual -= step * image
        fresh = (residual * residual).sum(0)
        direction = residual + (fresh / (size + 1e-20)) * direction
        size = fresh
    return W + D


def dropped(ids, rng, share):
    """The texts' ids less `share` of them at random; texts of four pieces and fewer are left whole, and none loses all."""
    kept = [i[rng.random(len(i)) > share] if len(i) > 4 else i for i in ids]
    return [k if len(k) > 0 else i for k, i in zip(kept, ids)]


def pair_loss(z, target):
    """Cosines of all pairs of unit rows towards the teacher's by least squares, whatever the mean difference: ranks are what is wanted."""
    pairs = ~torch.eye(len(z), dtype=torch.bool)
    return (z @ z.T - target @ target.T)[pairs].var()


def fit_pairs(vectors, groups, ids, Y, *, epochs, drop, seed, batch=512):
    """Adam on `groups` of parameters, each with its rate, which falls to nothing, until cosines of `vectors` of lists of ids are the teacher's."""
    rng = np.random.default_rng(seed)
    rates = [group["lr"] for group in groups]
    optimizer = torch.optim.Adam(groups)
    targets = torch.tensor(Y)
    steps, step = epochs * (len(ids) // batch), 0
    for _ in range(epochs):
        order = rng.permutation(len(ids))
        for start in range(0, len(order) - batch + 1, batch):
            rows = order[start : start + batch]
            loss = pair_loss(vectors(dropped([ids[i] for i in rows], rng, drop)), targets[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
            for group, rate in zip(optimizer.param_groups, rates):
                group["lr"] = rate * max(1 - step / steps, 1e-3)


def pairwise(W, ids, Y, seen, *, epochs, lr, drop, seed):
    """The table fitted to the cosines of pairs within batches; the mean norm of the rows seen was one when it began."""
    table = torch.nn.EmbeddingBag(*W.shape, mode="mean", _weight=torch.tensor(W / np.linalg.norm(W[seen], axis=1).mean()))

    def means(some):
        offsets = np.cumsum([0] + [len(i) for i in some[:-1]])
        return F.normalize(table(torch.from_numpy(np.concatenate(some)), torch.from_numpy(offsets)))

    fit_pairs(means, [{"params": list(table.parameters()), "lr": lr}], ids, Y, epochs=epochs, drop=drop, seed=seed)
    return table.weight.detach().numpy()


def quantize(W):
    """Rows as int8 and their scales."""
    scales = (np.abs(W).max(1) / 127).astype(np.float32)
    scales[scales == 0] = 1
    return np.clip(np.round(W / scales[:, None]), -127, 127).astype(np.int8), scales
