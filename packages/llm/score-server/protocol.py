"""Requests and answers: POST /score takes JSON, and answers with packed records."""

import json
from dataclasses import dataclass
from typing import Any

import torch

from batches import Pair

MOST_BYTES = 64 << 20
"""Bytes of a request at most."""
MOST_PAIRS = 65_536


class RefusedError(Exception):
    """A request that is declined, with a status of HTTP and a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class ScoreRequest:
    """Prompts listed once, and completions that refer to them."""

    prompts: list[list[int]]
    pairs: list[Pair]


def parse(body: bytes, fingerprint: str, vocabulary: int, window: int | None) -> ScoreRequest:
    """Reads `{"fingerprint": hex, "prompts": [[id, ...], ...], "completions": [[prompt, [id, ...]], ...]}`.

    Raises RefusedError with what is wrong.
    """
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise RefusedError(400, "The request is not JSON.") from None
    if not isinstance(value, dict) or set(value) != {"fingerprint", "prompts", "completions"}:
        raise RefusedError(400, "A request has the keys fingerprint, prompts and completions, and no other.")
    if value["fingerprint"] != fingerprint:
        raise RefusedError(409, f"This server's model has the fingerprint {fingerprint[:12]}, not the one asked for.")
    prompts, completions = value["prompts"], value["completions"]
    if not isinstance(prompts, list) or not isinstance(completions, list):
        raise RefusedError(400, "prompts and completions are lists.")
    if len(completions) > MOST_PAIRS or len(prompts) > MOST_PAIRS:
        raise RefusedError(413, f"A request has at most {MOST_PAIRS} prompts and completions.")
    for index, prompt in enumerate(prompts):
        _require_ids(prompt, f"Prompt {index}", vocabulary)
        if not prompt:
            raise RefusedError(400, f"Prompt {index} has no tokens, so nothing predicts the first one after it.")
    pairs = [_pair(entry, index, prompts, vocabulary) for index, entry in enumerate(completions)]
    for index, pair in enumerate(pairs):
        tokens = len(prompts[pair.prompt]) + len(pair.completion)
        if window is not None and tokens > window:
            raise RefusedError(400, f"Completion {index} and its prompt take {tokens} tokens and the model {window}.")
    return ScoreRequest(prompts, pairs)


def _pair(entry: Any, index: int, prompts: list[list[int]], vocabulary: int) -> Pair:
    if not isinstance(entry, list) or len(entry) != 2:
        raise RefusedError(400, f"Completion {index} is not a pair of a prompt's index and token ids.")
    prompt, ids = entry
    if type(prompt) is not int or not 0 <= prompt < len(prompts):
        raise RefusedError(400, f"Completion {index} refers to no prompt of the request.")
    _require_ids(ids, f"Completion {index}", vocabulary)
    return Pair(prompt, tuple(ids))


def _require_ids(ids: Any, name: str, vocabulary: int) -> None:
    if not isinstance(ids, list) or not all(type(each) is int and 0 <= each < vocabulary for each in ids):
        raise RefusedError(400, f"{name} is not a list of token ids, whole numbers from 0 to {vocabulary - 1}.")


def pack(records: torch.Tensor) -> bytes:
    """Records as float64, little-endian, one after the other."""
    return records.numpy().astype("<f8").tobytes()
