"""Tiny models with random weights, and their scores in plain arithmetic."""

import math
from typing import Any, cast

import torch
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    PreTrainedModel,
)

from batches import Pair
from curves import NODE_BETAS

VOCABULARY = 50


def models() -> dict[str, PreTrainedModel]:
    """One model of each kind of cache and position: rotary, learned positions, a sliding window shorter than the prompts."""
    torch.manual_seed(1)
    size: dict[str, Any] = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    rotary: dict[str, Any] = {**size, "vocab_size": VOCABULARY, "num_key_value_heads": 1, "max_position_embeddings": 128}
    made: list[Any] = [
        LlamaForCausalLM(LlamaConfig(**rotary)),
        GPT2LMHeadModel(GPT2Config(vocab_size=VOCABULARY, n_positions=128, n_embd=16, n_layer=2, n_head=2)),
        MistralForCausalLM(MistralConfig(**rotary, sliding_window=6)),
    ]
    for model in made:
        for parameter in model.parameters():
            torch.nn.init.normal_(parameter, std=0.4)
    return {type(model).__name__: cast(PreTrainedModel, model.eval()) for model in made}


def requests() -> tuple[list[list[int]], list[Pair]]:
    """Prompts of several lengths, some with several completions, some with one; one completion has no tokens, one is long."""
    generator = torch.Generator().manual_seed(2)
    lengths = [3, 11, 7, 20, 1]
    prompts = [torch.randint(0, VOCABULARY, (n,), generator=generator).tolist() for n in lengths]
    owners = [0, 1, 1, 1, 2, 2, 3, 0, 4, 1]
    sizes = [4, 1, 9, 2, 6, 0, 5, 25, 3, 3]
    completions = [torch.randint(0, VOCABULARY, (n,), generator=generator).tolist() for n in sizes]
    return prompts, [Pair(owner, tuple(ids)) for owner, ids in zip(owners, completions, strict=True)]


@torch.inference_mode()
def plain(model: Any, prompt: list[int], completion: tuple[int, ...]) -> list[float]:
    """The record of one pair, from one forward pass of the whole sequence."""
    if not completion:
        return [0.0] * (1 + len(NODE_BETAS))
    z = model(input_ids=torch.tensor([[*prompt, *completion]])).logits[0, len(prompt) - 1 : -1].double()
    below = z - z.amax(-1, keepdim=True)
    own = sum(below[t, token].item() for t, token in enumerate(completion))
    sums = [sum(math.log(total) for total in torch.exp(beta * below).sum(-1).tolist()) for beta in NODE_BETAS]
    return [own, *sums]
