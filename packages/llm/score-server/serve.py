"""Serves exact score curves of a causal language model: `python serve.py MODEL --device cuda --dtype bfloat16`."""

import argparse
import ipaddress
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from curves import fast_reduce
from http_api import ScoreServer
from scoring import Scorer
from weights import DTYPES, identify, load, locate

BATCH_TOKENS = {"cpu": 1024, "cuda": 16_384}


def main(started: Callable[[ScoreServer], None] = lambda _: None) -> None:
    """Opens the model, listens, tells `started`, and serves until SIGTERM or SIGINT."""
    options = _options()
    key = os.environ.get(options.key_env, "")
    if not key and not _is_loopback(options.host):
        sys.exit(f"Others can reach {options.host}; set {options.key_env} to a key that they must know.")
    folder = locate(options.model)
    if options.device_map is None and options.device.startswith("cuda") and not torch.cuda.is_available():
        sys.exit("There is no CUDA device here; use --device cpu.")
    try:
        identity = identify(folder, options.dtype)
        model: Any = load(folder, options.dtype, options.device, options.device_map)
    except (OSError, ValueError) as error:
        sys.exit(f"{options.model} cannot be opened: {error}")
    last = model.get_output_embeddings().weight
    budget = options.batch_tokens or BATCH_TOKENS.get(last.device.type, 1024)
    scorer = Scorer(model, fast_reduce(len(last), last.device, last.dtype), budget)
    name = Path(options.model).name if Path(options.model).is_dir() else options.model
    server = ScoreServer((options.host, options.port), scorer, identity, name, key)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    host, port = server.server_address[:2]
    print(f"http://{host!s}:{port} scores {name}, {options.dtype} on {last.device}", flush=True)
    started(server)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", help="folder with config.json and .safetensors weights, or a hub id")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu", help="cpu, cuda or cuda:N")
    parser.add_argument("--device-map", help="auto spreads a model that is larger than one device")
    parser.add_argument("--dtype", default="bfloat16", choices=list(DTYPES))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9000, help="0 takes a free one")
    parser.add_argument("--batch-tokens", type=int, help="tokens of a pass; halves when memory runs out")
    parser.add_argument("--key-env", default="MOP_API_KEY", help="environment variable that holds the key")
    return parser.parse_args()


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


if __name__ == "__main__":
    main()
