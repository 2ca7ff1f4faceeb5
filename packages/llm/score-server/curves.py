"""Curve records: what a completion's log-probability is made of at any temperature.

With z_t the logits that predict token y_t and m_t their maximum, a record holds
    a = sum_t (z_t[y_t] - m_t)   and   R_n = sum_t log sum_v exp(beta_n (z_t[v] - m_t))   at the nodes beta_n,
so that log p = beta a - R at beta = 1 / temperature. Maxima are subtracted: both sums then stay small, and no digits are lost.
"""

import math
import sys
from collections.abc import Callable

import numpy as np
import torch

NODES = 20
"""Terms of the Chebyshev series that a client puts through the sums."""
TEMPERATURE_RANGE = (0.25, 2.5)
RECORD = 1 + NODES
"""Numbers in a record: a, then R at each node; float64, little-endian on the wire."""

_LOWEST, _HIGHEST = TEMPERATURE_RANGE
_MIDDLE = -math.log(_LOWEST * _HIGHEST) / 2
_HALF_WIDTH = math.log(_HIGHEST / _LOWEST) / 2
NODE_BETAS = [math.exp(_MIDDLE + _HALF_WIDTH * math.cos(math.pi * (n + 0.5) / NODES)) for n in range(NODES)]
"""Inverse temperatures at the nodes, decreasing."""

Reduce = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""(logits [T, V], tokens [T]) -> [T, RECORD]."""


def reduce_logits(logits: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
    """Takes the parts of a record from each row of logits."""
    z = logits.float()
    top = z.amax(-1, keepdim=True)
    below = z - top
    own = below.gather(-1, tokens[:, None])
    sums = torch.stack([torch.exp(beta * below).sum(-1) for beta in NODE_BETAS], -1)
    return torch.cat([own, sums.log()], -1)


_BINS_A_UNIT = 64
_NEAR = 8 * _BINS_A_UNIT
"""Bins up to 8 below the maximum: logits there carry nearly all the weight and are taken one by one."""
_BINS = 64 * _BINS_A_UNIT
"""Logits further than 64 below the maximum are dropped: e^-25.6 each at the highest temperature."""
_CACHED_BYTES = 1 << 20
"""Logits that are reduced together: they and what is made of them stay in a core's cache."""
_BETAS = torch.tensor(NODE_BETAS)
_FAR = torch.exp(-_BETAS * (torch.arange(_NEAR, _BINS)[:, None] + 0.5) / _BINS_A_UNIT)
"""exp(-beta u) at the middle of each bin that is not near, [bins, NODES]."""


def reduce_by_bins(logits: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
    """Does the same on a processor, where 20 exponentials a logit cost half of a small model's pass: counts far logits by bins of 1/64."""
    rows = max(1, _CACHED_BYTES // (4 * logits.shape[-1]))
    return torch.cat([_reduce_cached(z.float(), own) for z, own in zip(torch.split(logits, rows), torch.split(tokens, rows), strict=True)])


def _reduce_cached(z: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
    top = z.amax(-1, keepdim=True)
    if not bool(torch.isfinite(top).all()):
        return torch.full((len(z), RECORD), math.nan)
    bins = torch.sub(_BINS_A_UNIT * top, z, alpha=_BINS_A_UNIT).clamp_max_(_BINS).to(torch.int16)
    is_near = bins.numpy() < _NEAR
    if 4 * np.count_nonzero(is_near) > z.numel():  # flat logits: nothing is far
        return reduce_logits(z, tokens)
    counts = torch.stack([torch.bincount(row, minlength=_BINS + 1)[_NEAR:_BINS] for row in bins])
    sums = (counts.float() @ _FAR).double()
    for row, chosen in enumerate(is_near):
        below = z[row, torch.from_numpy(np.flatnonzero(chosen))] - top[row]  # NumPy finds them five times as fast
        sums[row] += torch.outer(_BETAS, below).exp_().sum(-1)
    return torch.cat([(z.gather(-1, tokens[:, None]) - top).double(), sums.log()], -1)


def fast_reduce(vocabulary: int, device: torch.device, dtype: torch.dtype) -> Reduce:
    """Compiles `reduce_logits` into one pass over the logits; on a processor, counts them by bins instead."""
    if device.type == "cpu":
        return reduce_by_bins
    compiled = torch.compile(reduce_logits, dynamic=True)
    try:
        for rows in (3, 5):
            logits = torch.zeros(rows, vocabulary, device=device, dtype=dtype)
            compiled(logits, torch.zeros(rows, device=device, dtype=torch.long))
    except Exception as error:  # the compiler's own kinds are many: a missing C++ compiler, no Triton, an old card
        reason = str(error).strip().splitlines()[0][:200]
        print(f"Sums over the vocabulary run uncompiled, which is slower: {reason}", file=sys.stderr)
        return reduce_logits
    return compiled
