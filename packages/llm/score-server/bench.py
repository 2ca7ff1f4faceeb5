"""Serves a model for the benchmark, and runs the same batches bare when it is told to.

`bench.py MODEL ...`, with the options of serve.py. For each line on its standard input, the path of a request's body, it runs the passes
of that request without sums, HTTP or JSON, and answers with the seconds that they took and the process's processor time.
"""

import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

import serve
from batches import Pair
from curves import RECORD
from http_api import ScoreServer
from scoring import Scorer


def without_sums(logits: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
    """Leaves the logits as they are: what is left is the model's own work."""
    if logits.is_cuda:
        torch.cuda.synchronize()
    return torch.zeros(len(tokens), RECORD)


def answer(server: ScoreServer) -> None:
    """Runs bare what is asked for; an empty line asks for the clocks alone."""
    for line in sys.stdin:
        start, spent = time.perf_counter(), time.process_time()
        parts = {"decoder": 0.0, "head": 0.0}
        if line.strip():
            scorer = server.scorer
            bare = Scorer(scorer.model, without_sums, scorer.budget)
            bare._decoder = clocked(bare._decoder, parts, "decoder")
            bare._logits = clocked(bare._logits, parts, "head")  # type: ignore[method-assign]
            for request in json.loads(Path(line.strip()).read_text()):
                bare.score(request["prompts"], [Pair(prompt, tuple(ids)) for prompt, ids in request["completions"]])
        now = time.process_time()
        seconds = {"seconds": time.perf_counter() - start, "processor": now - spent, "clock": now}
        print(json.dumps({**seconds, "parts": parts, "peak": peak()}), flush=True)


def clocked(work: Callable[..., Any], parts: dict[str, float], name: str) -> Callable[..., Any]:
    """Adds the processor seconds of each call to a part."""

    def timed(*given: Any, **named: Any) -> Any:
        start = time.process_time()
        try:
            return work(*given, **named)
        finally:
            parts[name] += time.process_time() - start

    return timed


def peak() -> float:
    """Most memory of the card that was in use, GiB; 0 on a processor."""
    return torch.cuda.max_memory_allocated() / 2**30 if torch.cuda.is_available() else 0.0


if __name__ == "__main__":
    serve.main(lambda server: threading.Thread(target=answer, args=(server,), daemon=True).start())
