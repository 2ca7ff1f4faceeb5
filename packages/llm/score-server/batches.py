"""Batches of like length under a budget of tokens."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

LAYER_FACTOR = 8
"""Cached tokens that may be expanded beside one computed token: only one layer of them exists at a time."""


@dataclass(frozen=True)
class Pair:
    """A completion and the prompt it follows."""

    prompt: int
    """Index into the prompts of the request."""
    completion: tuple[int, ...]


@dataclass(frozen=True)
class Batch:
    """Pairs that are run together."""

    prompts: tuple[int, ...]
    pairs: tuple[tuple[int, ...], ...]
    """Indices of pairs; each inner tuple is one pass over completions."""
    shared: bool
    """Whether the prompts are run first and their keys and values expanded; else prompt and completion are one sequence."""


def plan(left: Sequence[int], pairs: Sequence[Pair], lengths: Sequence[int], budget: int, share: bool) -> Iterator[Batch]:
    """Puts pairs into batches whose padded tokens stay within the budget; one pair alone may exceed it."""
    by_prompt: dict[int, list[int]] = {}
    for index in left:
        by_prompt.setdefault(pairs[index].prompt, []).append(index)
    several = {prompt: own for prompt, own in by_prompt.items() if share and len(own) > 1}
    alone = [index for prompt, own in by_prompt.items() if prompt not in several for index in own]

    def whole(index: int) -> int:
        return lengths[pairs[index].prompt] + len(pairs[index].completion)

    for part in _within(sorted(alone, key=whole, reverse=True), whole, budget):
        prompts = tuple(dict.fromkeys(pairs[index].prompt for index in part))
        yield Batch(prompts, (tuple(part),), shared=False)
    by_length = sorted(several, key=lambda prompt: lengths[prompt], reverse=True)
    for group in _within(by_length, lambda prompt: lengths[prompt], budget):
        indices = [index for prompt in group for index in several[prompt]]
        indices.sort(key=lambda index: len(pairs[index].completion), reverse=True)
        longest = max(lengths[prompt] for prompt in group)

        def cost(index: int, longest: int = longest) -> int:
            own = len(pairs[index].completion)
            return max(own, (longest + own) // LAYER_FACTOR)

        passes = tuple(tuple(part) for part in _within(indices, cost, budget))
        yield Batch(tuple(group), passes, shared=True)


def _within(items: Sequence[int], size: Callable[[int], int], budget: int) -> Iterator[list[int]]:
    """Cuts items, the largest first, into runs of which count times largest stays within the budget."""
    run: list[int] = []
    for item in items:
        if run and (len(run) + 1) * max(1, size(run[0])) > budget:
            yield run
            run = []
        run.append(item)
    if run:
        yield run
