"""Serves a model whose logits are rounded to float16, as the golden values of a family are: takes the options of serve.py."""

import torch

import serve
from http_api import ScoreServer


def round_logits(server: ScoreServer) -> None:
    """Has the scorer round what the model gives before it is summed."""
    exact = server.scorer._logits

    def rounded(hidden: torch.Tensor) -> torch.Tensor:
        return exact(hidden).half().float()

    server.scorer._logits = rounded  # type: ignore[method-assign]


if __name__ == "__main__":
    serve.main(round_logits)
