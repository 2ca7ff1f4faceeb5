"""A Llama-shaped decoder of 6.2 M parameters, with parameter names as in Hugging Face's LlamaForCausalLM so that its weights load there."""
import math

import torch
import torch.nn.functional as F
from torch import nn

VOCABULARY, WIDTH, LAYERS, HEADS, KV_HEADS, FEED_FORWARD, THETA, CONTEXT = 4096, 256, 7, 4, 2, 704, 10000.0, 512
HEAD = WIDTH // HEADS
EPSILON = 1e-5


class Norm(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(WIDTH))

    def forward(self, x):
        return F.rms_norm(x, (WIDTH,), self.weight, EPSILON)


def rotate(u, cos, sin):
    a, b = u.chunk(2, -1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q_proj = nn.Linear(WIDTH, WIDTH, bias=False)
        self.k_proj = nn.Linear(WIDTH, KV_HEADS * HEAD, bias=False)
        self.v_proj = nn.Linear(WIDTH, KV_HEADS * HEAD, bias=False)
        self.o_proj = nn.Linear(WIDTH, WIDTH, bias=False)

    def forward(self, x, cos, sin):
        batch, length, _ = x.shape
        heads = lambda u, n: u.view(batch, length, n, HEAD).transpose(1, 2)  # noqa: E731
        q, k = rotate(heads(self.q_proj(x), HEADS), cos, sin), rotate(heads(self.k_proj(x), KV_HEADS), cos, sin)
        k = k.repeat_interleave(HEADS // KV_HEADS, 1)
        v = heads(self.v_proj(x), KV_HEADS).repeat_interleave(HEADS // KV_HEADS, 1)
        # Written out: on CPU, PyTorch's fused attention spends a quarter of the step in its backward pass.
        weights = (q * HEAD**-0.5) @ k.mT + torch.full((length, length), float("-inf")).triu(1)
        return self.o_proj((F.softmax(weights, -1) @ v).transpose(1, 2).reshape(batch, length, WIDTH))


class FeedForward(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate_proj = nn.Linear(WIDTH, FEED_FORWARD, bias=False)
        self.up_proj = nn.Linear(WIDTH, FEED_FORWARD, bias=False)
        self.down_proj = nn.Linear(FEED_FORWARD, WIDTH, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.input_layernorm, self.self_attn = Norm(), Attention()
        self.post_attention_layernorm, self.mlp = Norm(), FeedForward()

    def forward(self, x, cos, sin):
        x = x + self.self_attn(self.input_layernorm(x), cos, sin)
        return x + self.mlp(self.post_attention_layernorm(x))


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed_tokens = nn.Embedding(VOCABULARY, WIDTH)
        self.layers = nn.ModuleList([Block() for _ in range(LAYERS)])
        self.norm = Norm()
        for name, p in self.named_parameters():
            if p.dim() == 2:
                nn.init.normal_(p, std=0.02 if "embed" in name else 0.5 / math.sqrt(p.shape[1]))
            if name.endswith(("o_proj.weight", "down_proj.weight")):
                nn.init.zeros_(p)  # every block starts as the identity
        angles = torch.outer(torch.arange(CONTEXT).float(), 1 / THETA ** (torch.arange(0, HEAD, 2).float() / HEAD))
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)

    def hidden(self, ids):
        x = self.embed_tokens(ids)
        cos, sin = self.cos[: ids.shape[1]], self.sin[: ids.shape[1]]
        for layer in self.layers:
            x = layer(x, cos, sin)
        return self.norm(x)

    def logits(self, hidden):
        return F.linear(hidden, self.embed_tokens.weight)
