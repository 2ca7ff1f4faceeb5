"""Trains the decoder from nothing. Fixed number of steps, so that the same seed gives the same run; resumes from its checkpoint.

usage: train.py FOLDER [--steps N] [--phases N N N] [--threads N] [--compile]
"""
import argparse
import json
import math
import os
import time

import torch
import torch.nn.functional as F

from evaluate import evaluate
from model import Decoder
from sequences import Corpus, batches

TOKENS, WARM_UP = 4096, 20
MUON_RATE, ADAM_RATE, DECAY, MOMENTUM = 0.02, 4e-3, 0.05, 0.95
# The last phase starts the learning rate anew, at a share of the first, and adds what a record's pair falls short of MARGIN nats over a random one.
# The weights are then averaged with those before it: half of the way keeps most of the gap and little of what it costs.
LAST_RATE, MARGIN, SHARE = 0.15, 12.0, 0.02


class Muon:
    """Momentum whose step is made orthogonal by five Newton–Schulz iterations (Jordan 2024); for the matrices of the blocks."""

    def __init__(self, parameters):
        self.parameters = parameters
        self.momentum = [torch.zeros_like(p) for p in parameters]

    @torch.no_grad()
    def step(self, scale):
        shapes = {}
        for i, p in enumerate(self.parameters):
            shapes.setdefault(tuple(p.shape), []).append(i)
        for (rows, cols), members in shapes.items():
            steps = []
            for i in members:
                gradient = self.parameters[i].grad
                self.momentum[i].lerp_(gradient, 1 - MOMENTUM)
                steps.append(gradient.lerp(self.momentum[i], MOMENTUM))
            X = torch.stack(steps)
            X = X.mT if rows > cols else X
            X = X / (X.norm(dim=(-2, -1), keepdim=True) + 1e-7)
            for _ in range(5):
                A = X @ X.mT
                X = 3.4445 * X + (-4.7750 * A + 2.0315 * (A @ A)) @ X
            X = X.mT if rows > cols else X
            for k, i in enumerate(members):
                self.parameters[i].mul_(1 - MUON_RATE * scale * DECAY)
                self.parameters[i].add_(X[k], alpha=-MUON_RATE * scale * max(1, rows / cols) ** 0.5)


def rate_at(step, last, steps):
    """Share of the learning rate: a warm-up and half a cosine, then a lower one for the last phase."""
    if step < last:
        return min(1, (step + 1) / WARM_UP) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / last)))
    return LAST_RATE * min(1, (step + 1 - last) / WARM_UP) * 0.5 * (1 + math.cos(math.pi * (step - last) / (steps - last)))


def token_losses(model, hidden, batch):
    """Cross-entropy of every token that counts, nats, 0 elsewhere; and the weights."""
    inputs, targets, weights = map(torch.from_numpy, batch)
    kept = weights > 0
    losses = torch.zeros(weights.shape)
    losses[kept] = F.cross_entropy(model.logits(hidden(inputs)[kept]), targets[kept], reduction="none")
    return losses, weights


def main():
    p = argparse.ArgumentParser()
    p.add_argument("folder")
    p.add_argument("--steps", type=int, default=3900)
    p.add_argument("--phases", type=int, nargs=3, default=[1400, 2600, 3600], help="steps at which pairs, own words and random pairs begin")
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--until", type=int, help="stop after this step of the schedule (to change the schedule, as the shipped model did)")
    p.add_argument("--compile", action="store_true", help="fuse the element-wise work (needs a C++ compiler): a quarter faster")
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    model, corpus = Decoder(), Corpus(a.folder, "model")
    hidden = torch.compile(model.hidden, dynamic=True) if a.compile else model.hidden
    matrices = [q for n, q in model.named_parameters() if q.dim() == 2 and "embed" not in n]
    others = [q for n, q in model.named_parameters() if q.dim() == 1]
    muon = Muon(matrices)
    adam = torch.optim.AdamW([model.embed_tokens.weight, *others], lr=ADAM_RATE, betas=(0.9, 0.98), weight_decay=0.0, fused=True)
    stream, first, checkpoint, before = batches(corpus, a.seed, TOKENS, a.phases), 0, f"{a.folder}/checkpoint.pt", None
    if os.path.exists(checkpoint):
        saved = torch.load(checkpoint)
        model.load_state_dict(saved["model"])
        adam.load_state_dict(saved["adam"])
        muon.momentum, first, before = saved["muon"], saved["step"], saved["before"]
        for _ in range(first):
            next(stream)
    started, seen, smooth = time.time(), 0, None
    for step in range(first, min(a.steps, a.until or a.steps)):
        threads = f"{a.folder}/threads"
        if step % 20 == 0 and os.path.exists(threads):
            torch.set_num_threads(int(open(threads).read()))
        if step == a.phases[-1]:
            before = {name: value.clone() for name, value in model.state_dict().items()}
        scale = rate_at(step, a.phases[-1], a.steps)
        for group in adam.param_groups:
            group["lr"] = ADAM_RATE * scale
        own, against = next(stream)
        losses, weights = token_losses(model, hidden, own)
        loss = (losses * weights).sum() / weights.sum()
        total = loss
        if against is not None:
            others, other_weights = token_losses(model, hidden, against)
            lead = (others * (other_weights == 1)).sum(1) - (losses * (weights == 1)).sum(1)
            total = loss + SHARE * F.relu(MARGIN - lead).mean()
        total.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        muon.step(scale)
        adam.step()
        for q in model.parameters():
            q.grad = None
        seen += own[0].size + (against[0].size if against else 0)
        smooth = loss.item() if smooth is None else 0.97 * smooth + 0.03 * loss.item()
        if step % 50 == 49:
            print(f"step {step + 1} loss {smooth:.3f} {seen / (time.time() - started):.0f} tokens/s", flush=True)
        if step % 100 == 99 or step + 1 == a.steps:
            if step + 1 == a.steps and before:
                model.load_state_dict({name: (value + before[name]) / 2 for name, value in model.state_dict().items()})
            state = {"model": model.state_dict(), "adam": adam.state_dict(), "muon": muon.momentum, "step": step + 1, "before": before}
            torch.save(state, checkpoint + ".tmp")
            os.replace(checkpoint + ".tmp", checkpoint)
        if (step % 400 == 399 or step + 1 == a.steps) and os.path.exists(f"{a.folder}/population.groups.pkl"):
            held_out = Corpus(a.folder, "population")
            held_out.load_groups()
            print(json.dumps({"step": step + 1, **evaluate(model, held_out, 400 if step + 1 == a.steps else 128)}), flush=True)


if __name__ == "__main__":
    main()
