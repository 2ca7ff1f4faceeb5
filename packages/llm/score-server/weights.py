"""Opening a model's folder, and the hash of what its scores depend on."""

import hashlib
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


@dataclass(frozen=True)
class Identity:
    """What makes two servers give the same scores."""

    fingerprint: str
    covers: tuple[str, ...]
    """Names of the files whose bytes it covers, and the type of the numbers."""
    tokenizer: str | None
    """SHA-256 of tokenizer.json, where the folder has one."""


def locate(model: str) -> Path:
    """Finds the folder of a model: the folder itself, or the files of a hub id, fetched when they are not there."""
    if Path(model).is_dir():
        return Path(model)
    from huggingface_hub import snapshot_download

    return Path(snapshot_download(model, allow_patterns=["*.json", "*.safetensors"]))


def identify(folder: Path, dtype: str) -> Identity:
    """Hashes the config and weights of a folder. Raises FileNotFoundError when it has none."""
    files = sorted([*folder.glob("*.safetensors"), folder / "config.json"])
    if len(files) < 2:
        raise FileNotFoundError(f"{folder} holds no .safetensors weights; save the model in that format.")
    if sum(file.stat().st_size for file in files) > 4 << 30:
        print("Hashing the weights.", file=sys.stderr, flush=True)
    with ThreadPoolExecutor(8) as threads:
        hashes = list(threads.map(_hash, files))
    whole = hashlib.sha256()
    for file, digest in zip(files, hashes, strict=True):
        whole.update(f"{file.name}\0{digest}\0".encode())
    whole.update(dtype.encode())
    covers = (*(file.name for file in files), f"numbers in {dtype}")
    tokenizer = folder / "tokenizer.json"
    return Identity(whole.hexdigest(), covers, _hash(tokenizer) if tokenizer.exists() else None)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load(folder: Path, dtype: str, device: str, device_map: str | None) -> PreTrainedModel:
    """Reads a model for scoring."""
    config = AutoConfig.from_pretrained(folder)
    # Other attention code leaves the cap on attention scores out.
    capped = getattr(config.get_text_config(), "attn_logit_softcapping", None) is not None
    options = {"attn_implementation": "eager"} if capped else {}
    model: Any = AutoModelForCausalLM.from_pretrained(
        folder,
        dtype=DTYPES[dtype],
        use_safetensors=True,
        device_map=device_map if device_map is not None else device,
        **options,
    )
    return cast(PreTrainedModel, model.eval())
