"""Scores token ids: batched passes of a causal language model, reduced to curve records."""

import copy
import gc
import sys
from collections.abc import Sequence
from typing import Any, cast

import torch
from transformers import DynamicCache, PreTrainedModel
from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

from batches import Batch, Pair, plan
from curves import RECORD, Reduce

LOGIT_BYTES = {"cpu": 64 << 20, "cuda": 256 << 20}
"""Bytes of float32 logits that exist at a time, by the kind of device."""


class TooLargeError(Exception):
    """One pair alone does not fit into memory."""


class NotFiniteError(Exception):
    """The model gave a logit that is not a finite number."""


class _Hidden:
    """Output of a decoder whose last hidden states are given; everything else about it is absent."""

    def __init__(self, state: torch.Tensor) -> None:
        self.last_hidden_state = state

    def __getitem__(self, index: int) -> torch.Tensor:
        return self.last_hidden_state

    def __getattr__(self, name: str) -> None:
        return None


class _Given(torch.nn.Module):
    """Stands in for a decoder: gives back the hidden states it is handed."""

    def forward(self, *_: object, inputs_embeds: torch.Tensor, **__: object) -> _Hidden:
        return _Hidden(inputs_embeds)


def _expanded(layer: DynamicLayer, rows: torch.Tensor) -> DynamicLayer:
    """The layer of a prompt cache, expanded over completions only while it is looked at, so that one layer at a time is held expanded."""

    def update(keys: torch.Tensor, values: torch.Tensor, *_: object, **__: object) -> tuple[torch.Tensor, torch.Tensor]:
        own = rows.to(keys.device)
        held = cast(tuple[torch.Tensor, torch.Tensor], (layer.keys, layer.values))
        return torch.cat([held[0][own], keys], -2), torch.cat([held[1][own], values], -2)

    view: Any = copy.copy(layer)
    view.update = update
    return cast(DynamicLayer, view)


class Scorer:
    """A causal language model that scores completions. Calls must not overlap."""

    def __init__(self, model: PreTrainedModel, reduce: Reduce, budget: int) -> None:
        self.model = model
        self.budget = budget
        """Tokens of a pass; falls when memory runs out."""
        self._reduce = reduce
        self._decoder: Any = model.base_model
        self._head = copy.copy(model)
        self._head._modules = {**model._modules, model.base_model_prefix: _Given()}
        parts: Any = model
        self._first: torch.device = parts.get_input_embeddings().weight.device
        head: torch.Tensor = parts.get_output_embeddings().weight
        self._last: torch.device = head.device
        text = model.config.get_text_config()
        self.vocabulary = len(head)
        self.window: int | None = getattr(text, "max_position_embeddings", None)
        self._rows = max(1, LOGIT_BYTES.get(self._last.type, 64 << 20) // (4 * self.vocabulary))
        kinds = {type(layer) for layer in DynamicCache(config=text).layers}
        self._share = kinds <= {DynamicLayer, DynamicSlidingWindowLayer}

    @torch.inference_mode()
    def score(self, prompts: Sequence[Sequence[int]], pairs: Sequence[Pair]) -> torch.Tensor:
        """Scores every pair.

        Returns one record a pair, float64 [pairs, RECORD]; of a completion without tokens, zeros.
        Raises TooLargeError, NotFiniteError.
        """
        records = torch.zeros(len(pairs), RECORD, dtype=torch.float64)
        left = {index for index, pair in enumerate(pairs) if pair.completion}
        lengths = [len(prompt) for prompt in prompts]
        while left:
            for batch in plan(sorted(left), pairs, lengths, self.budget, self._share):
                if not self._try(batch, prompts, pairs, records, left):
                    self._shrink(batch)
                    break
        if not bool(torch.isfinite(records).all()):
            raise NotFiniteError
        return records

    def _try(
        self,
        batch: Batch,
        prompts: Sequence[Sequence[int]],
        pairs: Sequence[Pair],
        records: torch.Tensor,
        left: set[int],
    ) -> bool:
        """Runs a batch and strikes its pairs off; false when memory ran out."""
        try:
            run = self._run_shared if batch.shared else self._run_whole
            run(batch, prompts, pairs, records, left)
        except torch.OutOfMemoryError:
            return False
        return True

    def _shrink(self, batch: Batch) -> None:
        """Halves the budget after memory ran out. It is called when the failed pass's tensors are gone."""
        gc.collect()
        if self._last.type == "cuda":
            torch.cuda.empty_cache()
        if self.budget <= 1 or (len(batch.prompts) == 1 and len(batch.pairs[0]) == 1):
            raise TooLargeError
        self.budget //= 2
        print(f"Out of memory: passes now have at most {self.budget} tokens.", file=sys.stderr, flush=True)

    def _run_whole(
        self,
        batch: Batch,
        prompts: Sequence[Sequence[int]],
        pairs: Sequence[Pair],
        records: torch.Tensor,
        left: set[int],
    ) -> None:
        """Prompt and completion as one sequence; padding stands after it, where nothing looks."""
        (indices,) = batch.pairs
        chosen = [pairs[index] for index in indices]
        sequences = [[*prompts[pair.prompt], *pair.completion[:-1]] for pair in chosen]
        ids = _padded(sequences).to(self._first)
        hidden = self._decoder(input_ids=ids, use_cache=False).last_hidden_state
        spans = [(len(prompts[pair.prompt]) - 1, len(pair.completion)) for pair in chosen]
        rows = torch.tensor([row for row, (_, count) in enumerate(spans) for _ in range(count)])
        places = torch.tensor([at for start, count in spans for at in range(start, start + count)])
        self._add(records, indices, chosen, hidden[rows, places])
        left.difference_update(indices)

    def _run_shared(
        self,
        batch: Batch,
        prompts: Sequence[Sequence[int]],
        pairs: Sequence[Pair],
        records: torch.Tensor,
        left: set[int],
    ) -> None:
        """Prompts once, padded before their beginnings; then the completions after their keys and values."""
        given = [prompts[prompt] for prompt in batch.prompts]
        longest = max(map(len, given))
        shifts = torch.tensor([longest - len(prompt) for prompt in given])
        seen = (torch.arange(longest) >= shifts[:, None]).long()
        ids = _padded([[0] * int(shift) + list(prompt) for shift, prompt in zip(shifts, given, strict=True)])
        output = self._decoder(
            input_ids=ids.to(self._first),
            attention_mask=seen.to(self._first),
            position_ids=(torch.arange(longest) - shifts[:, None]).clamp_min(0).to(self._first),
            use_cache=True,
        )
        row_of = {prompt: row for row, prompt in enumerate(batch.prompts)}
        for indices in batch.pairs:
            chosen = [pairs[index] for index in indices]
            rows = torch.tensor([row_of[pair.prompt] for pair in chosen])
            hidden = output.last_hidden_state[rows, -1][:, None]
            inputs = [list(pair.completion[:-1]) for pair in chosen]
            if any(inputs):
                cache = copy.copy(output.past_key_values)
                cache.layers = [_expanded(layer, rows) for layer in cache.layers]
                added = _padded(inputs)
                mask = torch.cat([seen[rows], torch.ones_like(added)], 1)
                positions = longest - shifts[rows][:, None] + torch.arange(added.shape[1])
                after = self._decoder(
                    input_ids=added.to(self._first),
                    attention_mask=mask.to(self._first),
                    position_ids=positions.to(self._first),
                    past_key_values=cache,
                    use_cache=True,
                ).last_hidden_state
                hidden = torch.cat([hidden, after], 1)
            counts = torch.tensor([len(pair.completion) for pair in chosen])
            real = torch.arange(hidden.shape[1]) < counts[:, None]
            self._add(records, indices, chosen, hidden[real.to(hidden.device)])
            left.difference_update(indices)

    def _add(self, records: torch.Tensor, indices: Sequence[int], chosen: Sequence[Pair], hidden: torch.Tensor) -> None:
        """Reduces the hidden states before each token, pair after pair, to records; logits of one chunk of tokens exist at a time."""
        tokens = torch.tensor([token for pair in chosen for token in pair.completion]).to(self._last)
        parts = []
        for at in range(0, len(tokens), self._rows):
            logits = self._logits(hidden[at : at + self._rows])
            parts.append(self._reduce(logits, tokens[at : at + self._rows]))
        owner = torch.tensor([index for index, pair in zip(indices, chosen, strict=True) for _ in pair.completion])
        records[list(indices)] = 0
        records.index_add_(0, owner, torch.cat(parts).cpu().double())

    def _logits(self, hidden: torch.Tensor) -> torch.Tensor:
        """Logits by the model's own code after its decoder: the head, and whatever scales or caps what it gives."""
        output = type(self.model).forward(self._head, inputs_embeds=hidden[None])
        logits: torch.Tensor = output.logits[0]
        return logits


def _padded(sequences: Sequence[Sequence[int]]) -> torch.Tensor:
    """Sequences as rows of one matrix, 0 after the end of each."""
    width = max(map(len, sequences))
    return torch.tensor([[*sequence, *[0] * (width - len(sequence))] for sequence in sequences])
