"""The layers over the table: what makes one unit vector of a text's rows (`textVectors` of packages/encoder computes the same).

With e_t the row of token t of n: m = (1/n) sum e_t; token t weighs exp(<e_t, K Q m/|m|>), between e^-4 and e^4; z is the weighted mean; the text's vector is the
direction of z/|z| + W2 silu(W1 z/|z| + B [log n - 3, log |z|] + b). Fitted, with the table, to cosines of pairs, as `fit.pairwise` does for the table alone.
"""
import numpy as np
import torch
import torch.nn.functional as F

from fit import fit_pairs

STEEPEST = 4
# Unit vectors are multiplied by it, so that Adam's steps suit query, key and inner weights alike; `arrays` folds it into them.
SCALE = 8


class Layers(torch.nn.Module):
    def __init__(self, table, rank, hidden):
        super().__init__()
        d = table.shape[1]
        self.table = torch.nn.Parameter(torch.tensor(table))
        self.query = torch.nn.Parameter(torch.randn(d, rank) / d**0.5)
        self.key = torch.nn.Parameter(torch.randn(d, rank) * 0.05)
        self.inner = torch.nn.Linear(d, hidden)
        self.lengths = torch.nn.Linear(2, hidden, bias=False)
        self.outer = torch.nn.Linear(hidden, d, bias=False)
        torch.nn.init.zeros_(self.lengths.weight)
        torch.nn.init.zeros_(self.outer.weight)

    def forward(self, ids):
        """Unit vectors, texts x d, of lists of piece ids."""
        counts = torch.tensor([len(i) for i in ids])
        text = torch.repeat_interleave(torch.arange(len(ids)), counts)
        rows = F.embedding(torch.from_numpy(np.concatenate(ids)), self.table)
        empty = torch.zeros(len(ids), rows.shape[1])
        about = F.normalize(empty.index_add(0, text, rows)) @ self.query @ self.key.T * SCALE
        weights = (about[text] * rows).sum(1).clamp(-STEEPEST, STEEPEST).exp()
        z = empty.index_add(0, text, rows * weights[:, None]) / counts[:, None]
        length = z.norm(dim=1, keepdim=True)
        z = z / length
        known = torch.cat([torch.log(counts.float())[:, None] - 3, torch.log(length)], 1)
        return F.normalize(z + self.outer(F.silu(self.inner(z * SCALE) + self.lengths(known))))

    def arrays(self):
        """What layers.bin holds, in its order."""
        parts = (
            self.query.T,
            self.key * SCALE,
            self.inner.weight * SCALE,
            self.inner.bias,
            self.lengths.weight,
            self.outer.weight,
        )
        return [part.detach().numpy().astype("<f4") for part in parts]


def fit_layers(W, ids, Y, *, rank, hidden, epochs, lr, table_lr, drop, seed):
    """Layers over W, fitted together with it, the table at a smaller rate."""
    torch.manual_seed(seed)
    model = Layers(W, rank, hidden)
    others = [parameter for name, parameter in model.named_parameters() if name != "table"]
    fit_pairs(model, [{"params": [model.table], "lr": table_lr}, {"params": others, "lr": lr}], ids, Y, epochs=epochs, drop=drop, seed=seed)
    return model


def text_vectors(model, ids, at_once=256):
    with torch.no_grad():
        return np.concatenate([model(ids[start : start + at_once]).numpy() for start in range(0, len(ids), at_once)])
