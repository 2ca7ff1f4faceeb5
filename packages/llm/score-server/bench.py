"""Serves a model for the benchmark, and runs the same batches bare when it is told to.

`bench.py MODEL ...`, with the options of serve.py. For each line on its standard input, the path of a request's body, it runs the passes
of that request without sums, HTTP or JSON, and answers with the seconds that they took.
"""

import json
import sys
import threading
import time
from pathlib import Path

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
    """Runs bare what is asked for."""
    for line in sys.stdin:
        requests = json.loads(Path(line.strip()).read_text())
        scorer = server.scorer
        bare = Scorer(scorer.model, without_sums, scorer.budget)
        start = time.perf_counter()
        for request in requests:
            bare.score(request["prompts"], [Pair(prompt, tuple(ids)) for prompt, ids in request["completions"]])
        print(json.dumps({"seconds": time.perf_counter() - start, "peak": peak()}), flush=True)


def peak() -> float:
    """Most memory of the card that was in use, GiB; 0 on a processor."""
    return torch.cuda.max_memory_allocated() / 2**30 if torch.cuda.is_available() else 0.0


if __name__ == "__main__":
    serve.main(lambda server: threading.Thread(target=answer, args=(server,), daemon=True).start())
